import { newSession, step } from '@tsbgp/fsm';

let session = newSession({ holdTimeSeconds: 90 });
for (const event of [
  { type: 'ManualStart' },
  { type: 'TcpCrAcked' },
  { type: 'BgpOpen', holdTimeSeconds: 30 },
  { type: 'KeepAliveMsg' },
] as const) {
  const [next, actions] = step(session, event);
  session = next;
  console.log(event.type, '->', session.state, actions.map((action) => action.do).join(' '));
}
// ManualStart -> Connect startTimer connect
// TcpCrAcked -> OpenSent stopTimer sendOpen startTimer
// BgpOpen -> OpenConfirm sendKeepalive startTimer startTimer startTimer
// KeepAliveMsg -> Established startTimer sessionUp

export {};
