package ui

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/scriphq/scrip/internal/httpx"
)

const (
	flashCookie = "flash"
	flashLife   = time.Minute
	maxFlash    = 500 // bytes of a message
)

// Flashes carries a Flash over the redirect that ends a form, in a cookie of one minute.
// Whoever holds the browser could write one, so it may only confirm, never instruct or prove.
type Flashes struct {
	Cookies httpx.Cookies
}

// Put sends f along to the next page.
func (s Flashes) Put(w http.ResponseWriter, r *http.Request, f Flash) {
	text := strings.ToValidUTF8(f.Text[:min(len(f.Text), maxFlash)], "")
	value := base64.RawURLEncoding.EncodeToString([]byte(string(f.Tone) + "|" + text))
	s.Cookies.Set(w, r, httpx.Cookie{Name: flashCookie, Value: value, For: flashLife})
}

// Take returns the message that was sent along and forgets it; the zero Flash when there is none.
func (s Flashes) Take(w http.ResponseWriter, r *http.Request) Flash {
	value := s.Cookies.Value(r, flashCookie)
	if value == "" {
		return Flash{}
	}
	s.Cookies.Clear(w, r, flashCookie)
	raw, err := base64.RawURLEncoding.DecodeString(value)
	tone, text, ok := strings.Cut(string(raw), "|")
	if err != nil || !ok || len(text) > maxFlash {
		return Flash{}
	}
	switch t := Tone(tone); t {
	case OK, Info, Warn, Bad:
		return Flash{Tone: t, Text: text}
	}
	return Flash{Text: text}
}
