// Recording from the microphone.

const KINDS = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];

export const canRecord = () => Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);

/** Starts at once; `finish()` gives {file, duration}, `discard()` throws it away. Rejects without a microphone. */
export async function record() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const type = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)) ?? "";
  const recorder = new MediaRecorder(stream, type ? { mimeType: type } : undefined);
  const pieces = [];
  const began = performance.now();
  recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
  const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
  recorder.start(250);

  async function end() {
    if (recorder.state !== "inactive") recorder.stop();
    await stopped;
    stream.getTracks().forEach((track) => track.stop());
  }

  return {
    seconds: () => (performance.now() - began) / 1000,
    discard: end,
    async finish() {
      const duration = Math.max(1, Math.round((performance.now() - began) / 1000));
      await end();
      const plain = (recorder.mimeType || "audio/ogg").split(";")[0];
      const file = new File(pieces, `voice.${plain.split("/")[1]}`, { type: plain });
      return { file, duration };
    },
  };
}
