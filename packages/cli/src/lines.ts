/** The lines of a stream of octets or text, numbered from 1. The last line may lack its line feed. */
export async function* linesOf(
  input: AsyncIterable<Uint8Array | string>,
): AsyncGenerator<{ readonly number: number; readonly text: string }> {
  const decoder = new TextDecoder();
  let rest = '';
  let number = 0;
  for await (const chunk of input) {
    const lines = (rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield { number: ++number, text: line.replace(/\r$/, '') };
  }
  rest += decoder.decode();
  if (rest !== '') yield { number: ++number, text: rest };
}
