package httpx

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
)

// Proxies are the networks whose X-Forwarded headers are believed; the zero value believes nobody.
type Proxies []netip.Prefix

// ParseProxies reads networks in CIDR notation, or single addresses.
func ParseProxies(list []string) (Proxies, error) {
	var out Proxies
	for _, s := range list {
		s = strings.TrimSpace(s)
		if s == "" {
			continue
		}
		if a, err := netip.ParseAddr(s); err == nil {
			out = append(out, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("trusted proxy %q: want a network such as 10.0.0.0/8", s)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// Client returns the address the request came from: the peer, or behind trusted proxies the
// last address in X-Forwarded-For that is not one of them. It is the zero Addr when unknown.
func (p Proxies) Client(r *http.Request) netip.Addr {
	addr := peer(r)
	if !p.trusts(addr) {
		return addr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, ok := parseHop(hops[i])
		if !ok {
			return addr // what stands further left was not written by a trusted proxy
		}
		addr = hop
		if !p.trusts(addr) {
			return addr
		}
	}
	return addr
}

// Secure reports whether the browser speaks https, to us or to a trusted proxy.
func (p Proxies) Secure(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	if !p.trusts(peer(r)) {
		return false
	}
	// The last value is the nearest proxy's own.
	protos := strings.Split(strings.Join(r.Header.Values("X-Forwarded-Proto"), ","), ",")
	return strings.EqualFold(strings.TrimSpace(protos[len(protos)-1]), "https")
}

func (p Proxies) trusts(a netip.Addr) bool {
	for _, net := range p {
		if a.IsValid() && net.Contains(a) {
			return true
		}
	}
	return false
}

// Network returns what one guesser is likely to own: the address itself for IPv4, its /64 for IPv6.
func Network(a netip.Addr) string {
	if !a.IsValid() {
		return "unknown"
	}
	if a = a.Unmap(); a.Is4() {
		return a.String()
	}
	net, _ := a.WithZone("").Prefix(64) // cannot fail: 64 is in range and the zone is gone
	return net.String()
}

func peer(r *http.Request) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap()
}

// parseHop reads one element of X-Forwarded-For, with or without a port.
func parseHop(s string) (netip.Addr, bool) {
	s = strings.TrimSpace(s)
	if a, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return a.Unmap(), true
	}
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap(), true
	}
	return netip.Addr{}, false
}
