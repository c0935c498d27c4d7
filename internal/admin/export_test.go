package admin

import "github.com/scriphq/scrip/internal/coupon"

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
