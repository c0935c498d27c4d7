package httpx

import (
	"net/http"
	"time"
)

// Cookies sets and reads cookies of the whole site. Under https their names carry the
// __Host- prefix, so that no subdomain and no plain-http page can plant one.
type Cookies struct {
	Proxies Proxies
}

// Cookie is one cookie to set.
type Cookie struct {
	Name   string
	Value  string
	For    time.Duration // 0 lasts until the browser is closed
	Strict bool          // SameSite=Strict instead of Lax
}

// Set adds c to the reply; scripts cannot read it.
func (s Cookies) Set(w http.ResponseWriter, r *http.Request, c Cookie) {
	sameSite := http.SameSiteLaxMode
	if c.Strict {
		sameSite = http.SameSiteStrictMode
	}
	http.SetCookie(w, &http.Cookie{
		Name: s.name(r, c.Name), Value: c.Value, Path: "/", MaxAge: int(c.For / time.Second),
		HttpOnly: true, Secure: s.Proxies.Secure(r), SameSite: sameSite,
	})
}

// Value returns the cookie's value, or "" when the browser sent none. Under https a
// cookie without the prefix is not believed.
func (s Cookies) Value(r *http.Request, name string) string {
	c, err := r.Cookie(s.name(r, name))
	if err != nil {
		return ""
	}
	return c.Value
}

// Clear removes the cookie.
func (s Cookies) Clear(w http.ResponseWriter, r *http.Request, name string) {
	http.SetCookie(w, &http.Cookie{
		Name: s.name(r, name), Path: "/", MaxAge: -1,
		HttpOnly: true, Secure: s.Proxies.Secure(r), SameSite: http.SameSiteLaxMode,
	})
}

func (s Cookies) name(r *http.Request, name string) string {
	if s.Proxies.Secure(r) {
		return "__Host-" + name
	}
	return name
}
