// The files of a message: pictures are shown, others can be downloaded.

import { download, explain, request } from "../core/api.js";
import { button, make, toast } from "../core/dom.js";
import { language, say } from "../core/words.js";

const UNITS = ["byte", "kilobyte", "megabyte"];

// The URLs of the pictures by the id of the file. A plain image could not send the token.
const pictureUrls = new Map();

/** The list of the files. */
export function attachmentList(attachments) {
  return make("ul", { class: "files", "aria-label": say("composer.attachedFiles") }, ...attachments.map((file) => make("li", {}, isPicture(file) ? pictureLink(file) : downloadButton(file))));
}

/** Shows the pictures of the user's files in an answer. Until then, and in shares, their descriptions are there. */
export function showPictures(root) {
  const placeholders = [...root.querySelectorAll("[data-file]"), ...(root.matches("[data-file]") ? [root] : [])];
  for (const element of placeholders) element.replaceChildren(pictureLink({ id: element.dataset.file, name: element.textContent }));
}

/** Frees the pictures. */
export function releasePictures() {
  for (const url of pictureUrls.values()) url.then(URL.revokeObjectURL, () => {});
  pictureUrls.clear();
}

/** Whether browsers show this type. */
export const isPicture = ({ media_type: type }) => /^image\/(png|jpeg|webp)$/.test(type);

/** A size in words. */
export function formatSize(bytes) {
  const step = bytes < 1000 ? 0 : bytes < 1_000_000 ? 1 : 2;
  const style = { style: "unit", unit: UNITS[step], unitDisplay: "short", maximumFractionDigits: 1 };
  return new Intl.NumberFormat(language, style).format(bytes / 1000 ** step);
}

function pictureLink({ id, name }) {
  const image = make("img", { alt: name });
  const link = make("a", { target: "_blank", title: name, "aria-label": name }, image);
  fileUrl(id).then((url) => (image.src = link.href = url)).catch(() => (image.alt = say("composer.notShown", { name })));
  return link;
}

/** The URL of a file's content, for this page only. */
export function fileUrl(id) {
  if (!pictureUrls.has(id)) {
    const url = request(`/files/${id}/content`).then((response) => response.blob()).then(URL.createObjectURL);
    url.catch(() => pictureUrls.delete(id));
    pictureUrls.set(id, url);
  }

  return pictureUrls.get(id);
}

function downloadButton({ id, name, size }) {
  const text = `${name} · ${formatSize(size)}`;
  return button(text, () => download(`/files/${id}/content`, name).catch((error) => toast(explain(error))), {
    "aria-label": say("composer.download", { name: text }),
  });
}
