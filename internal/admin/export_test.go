package admin

import (
	"strings"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/ui"
)

// Route is a route as tests see it.
type Route struct {
	Pattern string
	Open    bool
	Admits  func(coupon.Role) bool
}

// Routes lists every route.
func Routes() []Route {
	var out []Route
	for _, rt := range routes() {
		out = append(out, Route{rt.pattern, rt.access.open, rt.access.admits})
	}
	return out
}

// Nobody reports whether the zero access lets somebody in.
func Nobody(r coupon.Role) bool { return access{}.admits(r) }

// PressTwice presses a form twice, the second time after the first has ended or panicked.
func PressTwice(write func() (string, error)) (first any, id string, err error) {
	var p presses
	func() {
		defer func() { first = recover() }()
		_, _ = p.once("form", [32]byte{}, write)
	}()
	id, err = p.once("form", [32]byte{}, write)
	return first, id, err
}

// Summary is a campaign in one sentence, as the English back office of an organisation says it.
func Summary(org coupon.Organisation, kind coupon.Kind, d coupon.TermsDoc, l coupon.Limits) string {
	return strings.ReplaceAll(teller{writing{}, org, ui.Clock{Zone: org.Zone()}}.summary(kind, d, l), "\u00a0", " ")
}
