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
