"""A page in a real browser that publishes a coloured picture and its fake microphone, and measures what it receives."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

PAGE = """<!doctype html><title>media</title><script>
const state = {}
function picture(colour) {
  const canvas = document.createElement('canvas'); canvas.width = 320; canvas.height = 180
  const context = canvas.getContext('2d'); let turn = 0
  setInterval(() => {
    context.fillStyle = colour; context.fillRect(0, 0, 320, 180)
    context.fillStyle = 'black'; context.fillRect(turn++ % 300, 170, 20, 10)
  }, 50)
  return canvas.captureStream(20).getVideoTracks()[0]
}
async function microphone() {
  const stream = await navigator.mediaDevices.getUserMedia({audio: {autoGainControl: false, noiseSuppression: false}})
  return stream.getAudioTracks()[0]
}
async function offer(colour) {
  state.tracks ??= {audio: await microphone(), video: picture(colour)}
  const up = new RTCPeerConnection({bundlePolicy: 'max-bundle'})
  up.addTransceiver(state.tracks.audio, {direction: 'sendonly'})
  up.addTransceiver(state.tracks.video, {direction: 'sendonly', sendEncodings: [{maxBitrate: 1200000}]})
  await up.setLocalDescription(await up.createOffer())
  state.nextUp = up
  return up.localDescription.sdp
}
async function accept(answer, offer) {
  const up = state.nextUp, down = new RTCPeerConnection({bundlePolicy: 'max-bundle'}), tracks = {}
  down.ontrack = event => { tracks[event.transceiver.mid] = event.track }
  await Promise.all([
    up.setRemoteDescription({type: 'answer', sdp: answer}),
    (async () => {
      await down.setRemoteDescription({type: 'offer', sdp: offer})
      await down.setLocalDescription(await down.createAnswer())
    })(),
  ])
  const before = {up: state.up, down: state.down}
  Object.assign(state, {up, down, received: tracks, before})
  for (const [mid, track] of Object.entries(tracks)) {
    const kind = track.kind
    let element = document.getElementById(mid)
    if (!element) { element = document.createElement(kind); element.id = mid; element.muted = kind === 'video'
      element.autoplay = true; element.playsInline = true; document.body.append(element) }
    element.srcObject = new MediaStream([track]); element.play().catch(() => 0)
  }
  return down.localDescription.sdp
}
async function stats(which, kind) {
  const found = []
  for (const row of (await state[which].getStats()).values()) if (row.type === kind) found.push(row)
  return found
}
async function received() {
  const rows = {}
  for (const row of await stats('down', 'inbound-rtp')) {
    const mid = row.mid || state.down.getTransceivers().find(
      one => one.receiver.track.id === row.trackIdentifier)?.mid || row.kind + row.ssrc
    rows[mid] = {packets: row.packetsReceived, frames: row.framesDecoded || 0, energy: row.totalAudioEnergy || 0,
      bytes: row.bytesReceived, lost: row.packetsLost, nacks: row.nackCount || 0, freezes: row.freezeCount || 0,
      concealed: row.concealedSamples || 0, samples: row.totalSamplesReceived || 0}
  }
  return rows
}
async function sentBps() {
  let bps = 0
  for (const row of await stats('up', 'candidate-pair'))
    if (row.nominated || row.selected) bps = Math.max(bps, row.availableOutgoingBitrate || 0)
  return bps
}
function colour(mid) {
  const video = document.getElementById(mid)
  if (!video || !video.videoWidth) return null
  const canvas = document.createElement('canvas'); canvas.width = canvas.height = 8
  const context = canvas.getContext('2d'); context.drawImage(video, 0, 0, 8, 8)
  return [...context.getImageData(4, 3, 1, 1).data].slice(0, 3)
}
function connections() { return [state.up?.connectionState, state.down?.connectionState] }
</script><body></body>"""


@asynccontextmanager
async def page_server() -> AsyncIterator[str]:
    """Serve PAGE on loopback, where a browser allows media; the address."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(PAGE.encode())}\r\n"
        writer.write(head.encode() + b"Connection: close\r\n\r\n" + PAGE.encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


CHROMIUM: dict[str, Any] = {
    "executable_path": "/usr/bin/chromium",
    "args": [
        "--no-sandbox",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        "--disable-background-networking",
        "--autoplay-policy=no-user-gesture-required",
        "--disable-renderer-backgrounding",
        "--disable-background-timer-throttling",
    ],
}
FIREFOX: dict[str, Any] = {
    "channel": "moz-firefox",
    "executable_path": "/usr/bin/firefox-esr",
    "firefox_user_prefs": {
        "media.navigator.streams.fake": True,
        "media.navigator.permission.disabled": True,
        "media.autoplay.default": 0,
        "media.autoplay.block-webaudio": False,
        "media.peerconnection.ice.loopback": True,
        "media.peerconnection.ice.obfuscate_host_addresses": False,
    },
}
