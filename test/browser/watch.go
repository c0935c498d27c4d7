package browser

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// watch follows what a page loads and complains about.
type watch struct {
	mu         sync.Mutex
	frame      string
	pending    bool // a document was asked for and has not loaded
	wanted     bool // one was asked for since expect
	lastStatus int
	documents  map[string]bool
	complaints []complaint
	allowed    []string
}

type complaint struct {
	text string
	url  string // of a resource that failed to load
}

func newWatch() *watch { return &watch{documents: map[string]bool{}} }

// event is called for each event in order; it must not wait.
func (w *watch) event(ev any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch ev := ev.(type) {
	case *page.EventFrameRequestedNavigation:
		if ev.Disposition == page.ClientNavigationDispositionCurrentTab {
			w.asks(string(ev.FrameID))
		}
	case *page.EventFrameStartedLoading:
		w.asks(string(ev.FrameID))
	case *page.EventFrameStoppedLoading:
		w.has(string(ev.FrameID))
	case *page.EventNavigatedWithinDocument:
		w.has(string(ev.FrameID))
	case *network.EventResponseReceived:
		if ev.Type == network.ResourceTypeDocument && string(ev.FrameID) == w.frame {
			w.lastStatus = int(ev.Response.Status)
			w.documents[ev.Response.URL] = true
		}
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.ConsoleAPICalledTypeError || ev.Type == runtime.ConsoleAPICalledTypeAssert {
			w.complain("console."+string(ev.Type)+": "+arguments(ev.Args), "")
		}
	case *runtime.EventExceptionThrown:
		w.complain("uncaught: "+exception(ev.ExceptionDetails), "")
	case *log.EventEntryAdded:
		if ev.Entry.Level == log.EntryLevelError {
			w.complain(string(ev.Entry.Source)+": "+ev.Entry.Text, ev.Entry.URL)
		}
	}
}

func (w *watch) asks(frame string) {
	if frame == w.frame {
		w.pending, w.wanted = true, true
	}
}

func (w *watch) has(frame string) {
	if frame == w.frame {
		w.pending = false
	}
}

func (w *watch) complain(text, url string) {
	w.complaints = append(w.complaints, complaint{strings.TrimSpace(text + " " + url), url})
}

func (w *watch) mainFrame(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.frame = id
}

// expect forgets what was asked for so far.
func (w *watch) expect() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wanted = false
}

func (w *watch) asked() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.wanted
}

// loading says what is still awaited.
func (w *watch) loading() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pending {
		return "the next page did not load"
	}
	return ""
}

func (w *watch) status() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lastStatus
}

func (w *watch) allow(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.allowed = append(w.allowed, text)
}

// problems leaves out that a document itself came with an error status: a
// form that refuses its input answers 422, and the test looks at the page.
func (w *watch) problems() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for _, c := range w.complaints {
		refusal := strings.HasPrefix(c.text, "network: ") && w.documents[c.url]
		if refusal || slices.ContainsFunc(w.allowed, func(a string) bool { return strings.Contains(c.text, a) }) {
			continue
		}
		all = append(all, c.text)
	}
	return all
}

func arguments(args []*runtime.RemoteObject) string {
	var parts []string
	for _, a := range args {
		if a.Description != "" {
			parts = append(parts, a.Description)
			continue
		}
		parts = append(parts, string(a.Value))
	}
	return strings.Join(parts, " ")
}

func exception(d *runtime.ExceptionDetails) string {
	text := d.Text
	if d.Exception != nil {
		text += " " + d.Exception.Description
	}
	return fmt.Sprintf("%s (%s:%d)", text, d.URL, d.LineNumber+1)
}
