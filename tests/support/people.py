"""The people of the browser tests: each with a picture of one colour and a tone of their own."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Someone with a camera showing one colour and a microphone humming one tone."""

    name: str
    color: tuple[int, int, int]
    tone_hz: int


SAM = Person("Sam", (200, 40, 40), 440)
PRIYA = Person("Priya", (40, 60, 200), 620)
DANA = Person("Dana", (40, 170, 60), 880)
RUTH = Person("Ruth", (210, 180, 30), 1240)
LEE = Person("Lee", (160, 40, 190), 1500)
ALEX = Person("Alex", (30, 190, 190), 1760)

FAKE_MEDIA = """
(() => {
  if (!navigator.mediaDevices) return;
  const person = %(person)s;
  const make = () => {
    const canvas = document.createElement('canvas');
    canvas.width = 320; canvas.height = 180;
    const paint = canvas.getContext('2d');
    let beat = 0;
    const draw = () => {
      paint.fillStyle = `rgb(${person.color.join(',')})`;
      paint.fillRect(0, 0, 320, 180);
      paint.fillStyle = 'white';
      paint.fillRect((beat++ * 7) %% 320, 170, 12, 10);
    };
    draw();
    setInterval(draw, 100);
    return canvas.captureStream(10);
  };
  const tone = () => {
    // One context for speaking and listening: Firefox on a machine without loudspeakers never starts a second one.
    const context = window.__ears ??= new AudioContext();
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    oscillator.frequency.value = person.tone_hz;
    gain.gain.value = 0.4;
    const out = context.createMediaStreamDestination();
    oscillator.connect(gain).connect(out);
    oscillator.start();
    context.resume();
    return out.stream;
  };
  window.__captures = 0;
  const native = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    window.__captures += 1;
    const stream = new MediaStream();
    if (wanted.video) make().getVideoTracks().forEach((track) => stream.addTrack(track));
    const voice = wanted.audio && (person.native_voice ? await native({ audio: true }) : tone());
    if (voice) voice.getAudioTracks().forEach((track) => stream.addTrack(track));
    (window.__tracks ??= []).push(...stream.getTracks());
    return stream;
  };
  const connections = [];
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...args) { super(...args); connections.push(this); }
  };
  window.__hearth = {
    // Mean colour of a playing picture's upper half, or null while nothing was decoded.
    color(video) {
      if (!video || video.readyState < 2 || !video.videoWidth) return null;
      const canvas = document.createElement('canvas');
      canvas.width = 32; canvas.height = 18;
      const paint = canvas.getContext('2d', { willReadFrequently: true });
      paint.drawImage(video, 0, 0, 32, 18);
      const data = paint.getImageData(4, 2, 24, 10).data;
      const sum = [0, 0, 0];
      for (let i = 0; i < data.length; i += 4) for (let k = 0; k < 3; k++) sum[k] += data[i + k];
      return sum.map((value) => value / (data.length / 4));
    },
    // Loudness in dB of one frequency in every audio track received now, loudest first.
    async heard(hz) {
      const tracks = connections.flatMap((c) => c.getReceivers()).map((r) => r.track)
        .filter((t) => t && t.kind === 'audio' && t.readyState === 'live');
      const context = window.__ears ??= new AudioContext();
      if (context.state !== 'running') return [];
      const levels = [];
      for (const track of tracks) {
        const analyser = (track.__analyser ??= (() => {
          const node = context.createAnalyser();
          node.fftSize = 4096;
          node.smoothingTimeConstant = 0;
          context.createMediaStreamSource(new MediaStream([track])).connect(node);
          return node;
        })());
        const bins = new Float32Array(analyser.frequencyBinCount);
        analyser.getFloatFrequencyData(bins);
        const width = context.sampleRate / analyser.fftSize;
        const at = Math.round(hz / width);
        const peak = Math.max(...bins.slice(at - 2, at + 3));
        const floor = Math.max(...bins.slice(at + 12, at + 18), ...bins.slice(at - 18, at - 12));
        levels.push(Math.max(peak, -120) - Math.max(floor, -120)); // silence is -Infinity
      }
      return levels.sort((a, b) => b - a);
    },
    connections,
  };
})();
"""


def media_script(person: Person, native_voice: bool = False) -> str:
    """The page script that gives a browser this person's camera and microphone; or the browser's own fake microphone,
    where web audio cannot run for want of loudspeakers (Firefox)."""
    color = ", ".join(str(part) for part in person.color)
    voice = "true" if native_voice else "false"
    return FAKE_MEDIA % {"person": f"{{color: [{color}], tone_hz: {person.tone_hz}, native_voice: {voice}}}"}
