// A page that answered a form stands in the history as if it had been asked for: going back to it
// or reloading it shows its address afresh, where browsers would show an error or send the form again.
history.replaceState(history.state, '', location.href);
