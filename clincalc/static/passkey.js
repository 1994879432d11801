// Passkeys: asks the browser for one when the form is sent, and sends its answer. Without it codes do the same.
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
  const ask = {
    create: (key) => navigator.credentials.create({ publicKey: {
      ...key, challenge: bytes(key.challenge), user: { ...key.user, id: bytes(key.user.id) }, excludeCredentials: named(key.excludeCredentials),
    } }),
    get: (key) => navigator.credentials.get({ publicKey: {
      ...key, challenge: bytes(key.challenge), allowCredentials: named(key.allowCredentials),
    } }),
  };
  const answer = (given) => {
    const response = {};
    for (const name of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
      if (given.response[name]) response[name] = text(given.response[name]);
    }
    return JSON.stringify({ id: given.id, rawId: given.id, type: given.type, response, clientExtensionResults: {} });
  };
  document.querySelectorAll('form[data-passkey]').forEach((form) => {
    if (!window.PublicKeyCredential) return;
    form.hidden = false;
    // A form that is sent without one too has a button for it.
    const own = form.querySelector('[data-passkey-button]');
    if (own) own.hidden = false;
    const box = form.elements.credential, failed = form.querySelector('[data-passkey-error]');
    form.addEventListener('submit', async (event) => {
      if (box.value || (own && event.submitter !== own)) return;
      event.preventDefault();
      failed.hidden = true;
      try {
        box.value = answer(await ask[form.dataset.passkey](JSON.parse(form.dataset.options).publicKey));
        form.requestSubmit(own);
      } catch {
        failed.hidden = false;
      }
    });
  });
})();
