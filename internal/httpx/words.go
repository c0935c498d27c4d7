package httpx

import (
	"strings"

	"github.com/scriphq/scrip/internal/id"
)

// Words are the steps of addresses that are the same for everybody. The doors fill one set
// before they serve.
type Words map[string]bool

// Learn takes the words of a pattern of http.ServeMux; a nil set learns nothing.
func (w Words) Learn(pattern string) {
	if w == nil {
		return
	}
	_, path, found := strings.Cut(pattern, " ")
	if !found {
		path = pattern
	}
	for word := range strings.SplitSeq(path, "/") {
		if !strings.HasPrefix(word, "{") {
			w[word] = true
		}
	}
}

// Path is for AccessLog: it hides what is neither a word nor an id. What somebody puts
// into an address by mistake, a code say, is not logged, at whatever address.
func (w Words) Path(path string) string {
	steps := strings.Split(path, "/")
	for i, s := range steps {
		kind, _, _ := strings.Cut(s, "_")
		if s != "" && !w[s] && !id.Valid(kind, s) {
			steps[i] = "…"
		}
	}
	return strings.Join(steps, "/")
}
