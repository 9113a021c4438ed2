/** What one second of a pair's statistics says. */
export interface Sample {
  /** Bytes over the wire so far, both ways. */
  readonly bytes: number;
  readonly received: number;
  readonly packets: number;
  readonly lost: number;
  readonly round_trip_s: number;
}

const WEAK_LOSS = 0.08;
const WEAK_ROUND_TRIP_S = 0.6;
const WEAK_AFTER = 3;
const GOOD_AFTER = 5;

/** Adds up the reports of both connections. */
export function sample(reports: readonly RTCStatsReport[]): Sample {
  const sum = { bytes: 0, received: 0, packets: 0, lost: 0, round_trip_s: 0 };
  for (const report of reports) {
    for (const stats of report.values() as Iterable<Record<string, unknown>>) {
      const number = (name: string): number => (typeof stats[name] === "number" ? stats[name] : 0);
      if (stats.type === "candidate-pair" && (stats.nominated === true || stats.selected === true)) {
        sum.bytes += number("bytesSent") + number("bytesReceived");
        sum.received += number("bytesReceived");
        sum.round_trip_s = Math.max(sum.round_trip_s, number("currentRoundTripTime"));
      } else if (stats.type === "inbound-rtp") {
        sum.packets += number("packetsReceived");
        sum.lost += Math.max(0, number("packetsLost"));
      } else if (stats.type === "remote-inbound-rtp") {
        sum.lost += Math.max(0, number("packetsLost"));
      } else if (stats.type === "outbound-rtp") {
        sum.packets += number("packetsSent");
      }
    }
  }
  return sum;
}

/** Turns samples, one a second, into a word that does not flicker. */
export class Quality {
  #before: Sample | null = null;
  #bad = 0;
  #fine = 0;
  #is_weak = false;
  /** For how many samples in a row nothing at all came in. */
  silent = 0;
  /** Bytes since this pair began. */
  bytes = 0;

  got(now: Sample): "good" | "weak" {
    const before = this.#before ?? now;
    this.#before = now;
    this.bytes = now.bytes;
    this.silent = now.received > before.received || before === now ? 0 : this.silent + 1;
    const packets = now.packets - before.packets;
    const lost = now.lost - before.lost;
    const is_bad = (packets + lost > 20 && lost / (packets + lost) > WEAK_LOSS) || now.round_trip_s > WEAK_ROUND_TRIP_S;
    this.#bad = is_bad ? this.#bad + 1 : 0;
    this.#fine = is_bad ? 0 : this.#fine + 1;
    if (this.#bad >= WEAK_AFTER) this.#is_weak = true;
    if (this.#fine >= GOOD_AFTER) this.#is_weak = false;
    return this.#is_weak ? "weak" : "good";
  }
}
