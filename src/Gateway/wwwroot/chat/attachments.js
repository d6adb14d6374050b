// The files of a message: pictures are shown, others can be downloaded.

import { download, explain, request } from "../core/api.js";
import { button, make, toast } from "../core/dom.js";
import { language, say } from "../core/words.js";

const UNITS = ["byte", "kilobyte", "megabyte"];

// The addresses of the pictures by file. A plain image could not send the token.
const pictures = new Map();

/** The list of the files. */
export function attachmentList(attachments) {
  return make("ul", { class: "files", "aria-label": say("composer.attachedFiles") }, ...attachments.map((file) => make("li", {}, isPicture(file) ? picture(file) : chip(file))));
}

/** Shows the pictures of the user's files in an answer. Until then, and in shares, their descriptions are there. */
export function showPictures(root) {
  const places = [...root.querySelectorAll("[data-file]"), ...(root.matches("[data-file]") ? [root] : [])];
  for (const place of places) place.replaceChildren(picture({ id: place.dataset.file, name: place.textContent }));
}

/** Frees the pictures. */
export function releasePictures() {
  for (const address of pictures.values()) address.then(URL.revokeObjectURL, () => {});
  pictures.clear();
}

/** Whether browsers show this type. */
export const isPicture = ({ media_type: type }) => /^image\/(png|jpeg|webp)$/.test(type);

/** A size in words. */
export function formatSize(bytes) {
  const step = bytes < 1000 ? 0 : bytes < 1_000_000 ? 1 : 2;
  const style = { style: "unit", unit: UNITS[step], unitDisplay: "short", maximumFractionDigits: 1 };
  return new Intl.NumberFormat(language, style).format(bytes / 1000 ** step);
}

function picture({ id, name }) {
  const image = make("img", { alt: name });
  const link = make("a", { target: "_blank", title: name, "aria-label": name }, image);
  fileUrl(id).then((address) => (image.src = link.href = address)).catch(() => (image.alt = say("composer.notShown", { name })));
  return link;
}

/** The address of a file's content, for this page only. */
export function fileUrl(id) {
  if (!pictures.has(id)) {
    const address = request(`/files/${id}/content`).then((response) => response.blob()).then(URL.createObjectURL);
    address.catch(() => pictures.delete(id));
    pictures.set(id, address);
  }

  return pictures.get(id);
}

function chip({ id, name, size }) {
  const text = `${name} · ${formatSize(size)}`;
  return button(text, () => download(`/files/${id}/content`, name).catch((error) => toast(explain(error))), {
    "aria-label": say("composer.download", { name: text }),
  });
}
