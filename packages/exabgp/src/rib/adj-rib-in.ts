/** What a peer has announced, for `show adj-rib in`. */
import { type NlriView, octetText, routeKey, type UpdateView } from '@tsbgp/process-api';
import type { PathAttribute } from '@tsbgp/wire';

export interface ReceivedRoute {
  readonly nlri: NlriView;
  readonly nextHop: string | undefined;
  readonly attributes: readonly PathAttribute[];
}

export class AdjRibIn {
  readonly #routes = new Map<string, ReceivedRoute>();

  get size(): number {
    return this.#routes.size;
  }

  routes(): Iterable<ReceivedRoute> {
    return this.#routes.values();
  }

  clear(): void {
    this.#routes.clear();
  }

  apply(view: UpdateView): void {
    for (const { nlri } of view.withdrawn) for (const each of nlri) this.#routes.delete(keyOf(each));
    for (const { nextHop, nlri } of view.announced) {
      for (const each of nlri) {
        if (view.isWithdrawal) this.#routes.delete(keyOf(each));
        else this.#routes.set(keyOf(each), { nlri: each, nextHop, attributes: view.attributes });
      }
    }
  }
}

function keyOf({ family, octets, pathId }: NlriView): string {
  return routeKey(family, octetText(octets), pathId);
}
