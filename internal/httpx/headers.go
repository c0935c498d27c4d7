package httpx

import "net/http"

// CSP is the content security policy of every page: nothing from outside, nothing inline.
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; " +
	"frame-ancestors 'none'; base-uri 'none'"

// SecurityHeaders sets the headers that tell a browser what a reply may not do. A handler
// with other needs sets its own value afterwards.
//
// The referrer policy is same-origin, not no-referrer: under the latter browsers send
// "Origin: null" with a form, and over plain http SameOrigin then has nothing to compare.
func SecurityHeaders(p Proxies) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			h.Set("Content-Security-Policy", CSP)
			h.Set("X-Content-Type-Options", "nosniff")
			h.Set("X-Frame-Options", "DENY")
			h.Set("Referrer-Policy", "same-origin")
			h.Set("Permissions-Policy", "camera=(self), microphone=(), geolocation=(), payment=(), usb=()")
			if p.Secure(r) {
				h.Set("Cross-Origin-Opener-Policy", "same-origin") // browsers ignore it over plain http
				h.Set("Strict-Transport-Security", "max-age=31536000")
			}
			h.Set("Cross-Origin-Resource-Policy", "same-origin")
			next.ServeHTTP(w, r)
		})
	}
}
