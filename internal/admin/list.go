package admin

import (
	"maps"
	"net/url"
	"strings"
	"unicode"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// paging reads the place in a list from the address.
func paging(q *httpx.Form) coupon.Paging {
	return coupon.Paging{After: q.Text("after"), Before: q.Text("before"), Limit: 50}
}

// pager is the foot of a list.
func (v *visit) pager(note, path string, q url.Values, prev, next string) ui.Pager {
	p := ui.Pager{Note: note, Right: "Times in " + v.clock.ZoneName(), Words: [2]string{"Previous page", "Next page"}}
	if prev != "" {
		p.Newer = at(path, q, "before", prev)
	}
	if next != "" {
		p.Older = at(path, q, "after", next)
	}
	return p
}

// at leads to a place in a list; none is its beginning.
func at(path string, q url.Values, name, cursor string) string {
	whole := url.Values{}
	maps.Copy(whole, q)
	whole.Del("after")
	whole.Del("before")
	return with(path, whole, name, cursor)
}

// shownOf says how many rows stand on a page, and what else is to be known of them;
// nothing when there are none.
func (w writing) shownOf(n int, next, one, many string, more ...string) string {
	if n == 0 {
		return ""
	}
	note := w.count(int64(n), one, many)
	if next != "" {
		note += ", and more"
	}
	return strings.Join(append([]string{note}, more...), " · ")
}

// filters keeps the parameters of a list that are known, so that addresses stay tidy
// and nothing else is carried along.
func filters(f *httpx.Form, names ...string) url.Values {
	out := url.Values{}
	for _, n := range append(names, "after", "before") {
		if s := f.Text(n); s != "" {
			out.Set(n, s)
		}
	}
	return out
}

// codeLike reports whether a search may be a whole code rather than words: such a text
// gets into no address. Names and descriptions have few digits or spaces between words.
func codeLike(s string) bool {
	digits, letters, words := 0, 0, len(strings.Fields(s))
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLetter(r):
			letters++
		}
	}
	canonical, err := coupon.Canonical(s)
	if err != nil || len(canonical) < 6 {
		return false
	}
	return digits >= 4 && (letters == 0 || digits+letters >= 8) || words == 1 && digits > 0 && digits+letters >= 8
}

// find ends a search of a list: a whole code leads to its voucher's row, by serial;
// other words go into the address, after words, if given, has had its say about them.
func (v *visit) find(path string, words func(url.Values) error, names ...string) error {
	f, err := httpx.ReadForm(v.r)
	if err != nil {
		return err
	}
	q := filters(f, names...)
	q.Del("after")
	q.Del("before")
	typed := f.Text("q")
	q.Del("q")
	q.Del("serial")
	q.Del("miss")
	switch found, err := v.App.Lookup(v.ctx(), v.by, typed); {
	case typed == "":
	case err == nil:
		return httpx.SeeOther(v.w, path+"?"+url.Values{"serial": {found.Serial}}.Encode())
	case notFound(err) && codeLike(typed):
		return httpx.SeeOther(v.w, with(path, q, "miss", missed(err)))
	case notFound(err) || invalid(err):
		q.Set("q", typed)
		if words != nil {
			if err := words(q); err != nil {
				return err
			}
		}
	default:
		return err
	}
	return httpx.SeeOther(v.w, with(path, q, "", ""))
}

// missNote says why a search for a number found nothing.
func missNote(q *httpx.Form) templ.Component {
	switch q.Text("miss") {
	case coupon.ErrMistyped.Code:
		return ui.Notice{Tone: ui.Warn, Title: "No such number", Text: "The number has a typing error: its check digit does not fit. Compare it with the original."}
	case coupon.ErrNotFound.Code:
		return ui.Notice{Tone: ui.Warn, Title: "No such number", Text: "There is no voucher with the number you typed. Its last four digits, the description or the account find it too."}
	}
	return templ.NopComponent
}
