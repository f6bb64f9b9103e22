/* Passkeys: asks the device, and hands its answer to the form. A form says by data-passkey whether one is made or used;
   among other boxes, data-passkey-into names the hidden one that takes the answer. */
(function () {
  "use strict";

  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (sign) { return sign.charCodeAt(0); });
  }

  function text(buffer) {
    var plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  }

  function readable(options) {
    options.challenge = bytes(options.challenge);
    if (options.user) { options.user.id = bytes(options.user.id); }
    ["allowCredentials", "excludeCredentials"].forEach(function (name) {
      (options[name] || []).forEach(function (each) { each.id = bytes(each.id); });
    });
    return options;
  }

  function sendable(credential) {
    var given = credential.response, response = {};
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (name) {
      if (given[name]) { response[name] = text(given[name]); }
    });
    return JSON.stringify({
      id: credential.id, rawId: credential.id, type: credential.type, response: response,
      clientExtensionResults: credential.getClientExtensionResults()
    });
  }

  function options(form) {
    if (!form.dataset.options) { return Promise.resolve(JSON.parse(document.getElementById("passkey-options").textContent)); }
    return fetch(form.dataset.options, { headers: { Accept: "application/json" } })
      .then(function (answer) { return answer.json(); })
      .then(function (said) { return said.request_options; });
  }

  function prepare(form) {
    var failed = form.querySelector("[data-failed]"), without = form.querySelector("[data-without]");
    form.hidden = false;
    if (without) { without.hidden = true; }
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      failed.hidden = true;
      options(form)
        .then(function (asked) { return navigator.credentials[form.dataset.passkey]({ publicKey: readable(asked.publicKey) }); })
        .then(function (credential) {
          form.elements.credential.value = sendable(credential);
          form.submit();
        })
        .catch(function () { failed.hidden = false; });
    });
  }

  function offer(part) {
    var button = part.querySelector("button"), failed = part.querySelector("[data-failed]"), form = button.form;
    part.hidden = false;
    button.addEventListener("click", function () {
      failed.hidden = true;
      options(part)
        .then(function (asked) { return navigator.credentials.get({ publicKey: readable(asked.publicKey) }); })
        .then(function (credential) {
          var box = form.elements[part.dataset.passkeyInto];
          box.value = sendable(credential);
          form.requestSubmit();
          box.value = "";
        })
        .catch(function () { failed.hidden = false; });
    });
  }

  if (window.PublicKeyCredential) {
    document.querySelectorAll("form[data-passkey]").forEach(prepare);
    document.querySelectorAll("[data-passkey-into]").forEach(offer);
  }
})();
