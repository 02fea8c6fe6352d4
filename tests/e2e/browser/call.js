// One side of a call, as a client of the API has it: media by RTCPeerConnection, all that they say by the WebSocket API.
async function enter({ socketUrl, ticket, sessionId, iceServers }) {
  const call = (window.call = { heard: [] });
  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 160, height: 120 } });
  const socket = new WebSocket(socketUrl);
  const say = (message) => socket.send(JSON.stringify(message));
  const signal = (kind, data) => say({ action: "signal", sessionId, kind, data });
  let peer, early;

  function meet() {
    peer?.close();
    early = [];
    peer = new RTCPeerConnection({ iceServers });
    media.getTracks().forEach((track) => peer.addTrack(track, media));
    peer.onicecandidate = ({ candidate }) => candidate && signal("candidate", JSON.stringify(candidate));
    peer.ontrack = ({ streams }) => (document.querySelector("video").srcObject = streams[0]);
  }

  async function offer() {
    meet();
    await peer.setLocalDescription();
    signal("offer", JSON.stringify(peer.localDescription));
  }

  async function learn(description) {
    await peer.setRemoteDescription(description);
    for (const candidate of early.splice(0)) await peer.addIceCandidate(candidate);
  }

  // Messages may overtake each other: a candidate waits for the description that it belongs to.
  async function reach(candidate) {
    if (peer?.remoteDescription) await peer.addIceCandidate(candidate);
    else early?.push(candidate);
  }

  async function answer(description) {
    meet();
    await learn(description);
    await peer.setLocalDescription();
    signal("answer", JSON.stringify(peer.localDescription));
  }

  const steps = {
    "call.open": ({ present }) => present.length && offer(),
    "call.offer": ({ data }) => answer(JSON.parse(data)),
    "call.answer": ({ data }) => learn(JSON.parse(data)),
    "call.candidate": ({ data }) => reach(JSON.parse(data)),
  };
  let before = Promise.resolve();
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    call.heard.push(message.event === "call.chat" ? `chat: ${message.data}` : message.code || message.event);
    before = before.then(() => steps[message.event]?.(message));
  };
  socket.onopen = () => say({ action: "join_call", ticket });

  call.signal = signal;
  socket.onclose = ({ code }) => call.heard.push(`closed: ${code}`);
  call.state = () => peer?.connectionState;
  call.received = async () => {
    const seen = { video: 0, audio: 0, roundTripMs: 0 };
    (peer ? await peer.getStats() : []).forEach((each) => {
      if (each.type === "inbound-rtp") seen[each.kind] += each.kind === "video" ? each.framesDecoded || 0 : each.packetsReceived;
      if (each.type === "candidate-pair" && each.nominated) seen.roundTripMs = (each.currentRoundTripTime || 0) * 1000;
    });
    return seen;
  };
}
