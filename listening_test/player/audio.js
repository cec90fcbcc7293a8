/* The audio of trials, from the scripts in audio/. */
(function (Mushra) {
  "use strict";

  const { element } = Mushra;

  const encoded = {}; // base64 FLAC of stimuli, by part: a trial, or a signal that several have

  /* What the scripts in audio/ call. */
  Mushra.audio = (part, stimuli) => (encoded[part] = stimuli);

  /* Base64 audio of a trial, by stimulus. */
  async function load({ trial, audio, stimuli }) {
    const shared = Array.isArray(audio);
    const parts = shared ? stimuli.map((id, place) => loadPart(id, audio[place])) : [loadPart(trial, audio)];
    return Object.assign({}, ...(await Promise.all(parts)));
  }

  /* A script element, because fetch() is blocked on file://. */
  function loadPart(part, path) {
    if (encoded[part]) return Promise.resolve(encoded[part]);
    return new Promise((resolve, reject) => {
      const script = element("script", { src: path });
      script.onload = () => {
        script.remove();
        if (encoded[part]) resolve(encoded[part]);
        else reject(new Error(path));
      };
      script.onerror = () => {
        script.remove();
        reject(new Error(path));
      };
      document.head.append(script);
    });
  }

  /* A trial of MUSHRA is not heard again; a signal of other tests may be, in another trial. */
  function unload({ trial }) {
    delete encoded[trial];
  }

  Object.assign(Mushra, { load, unload });
})((window.Mushra = window.Mushra || {}));
