const dialog = document.querySelector("dialog");
document.querySelector(".ask").addEventListener("click", () => dialog.showModal());
dialog.addEventListener("close", () => setTimeout(() => { document.querySelector("#done").hidden = false; }, 200));
