// Package notify carries what the program has to say to the outside.
package notify

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"syscall"

	"github.com/scriphq/scrip/internal/fault"
)

// closed are the networks that no request may go to unless the operator allows it:
// this machine, private and provider networks, and what is no host's address. What
// carries an address of IPv4 inside is judged by that.
var closed = networks(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
	"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"168.63.129.16/32", // the host's own services at one cloud
	"::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
)

func networks(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// ParseNetworks reads networks such as 10.1.0.0/16 or single addresses.
func ParseNetworks(list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if a, single := netip.ParseAddr(s); err != nil && single == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "invalid", "Networks such as 10.1.0.0/16, with commas between.").Because(err)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// errTarget is an address that nothing may be sent to.
var errTarget = errors.New("notify: the address is in a private network")

// reachable reports whether something may be sent to an address.
func reachable(a netip.Addr, allowed []netip.Prefix) bool {
	a = bare(a)
	in := func(list []netip.Prefix) bool {
		for _, p := range list {
			if p.Contains(a) {
				return true
			}
		}
		return false
	}
	return in(allowed) || !in(closed)
}

// The translations that put an address of IPv4 behind, or inside, one of IPv6.
var (
	nat64   = netip.MustParsePrefix("64:ff9b::/96")
	sixToIV = netip.MustParsePrefix("2002::/16")
)

// bare returns the address that is meant: of IPv4 where it is wrapped, and without a zone.
func bare(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	b := a.As16()
	switch {
	case nat64.Contains(a):
		return netip.AddrFrom4([4]byte(b[12:16]))
	case sixToIV.Contains(a):
		return netip.AddrFrom4([4]byte(b[2:6]))
	}
	return a
}

// guard is called with the address that is dialled, after names are resolved: what a
// name means may change between any earlier look and this one.
func guard(allowed []netip.Prefix) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !reachable(at.Addr(), allowed) {
			return errTarget
		}
		return nil
	}
}

// Check says, as a fault of the field url, what is wrong with the address of a webhook
// as it is written: what its name means is looked at whenever something is sent.
func (h *Hooks) Check(address string) error {
	u, err := url.Parse(address)
	name := ""
	if err == nil {
		name = u.Hostname()
	}
	switch {
	case err != nil || name == "" || u.Opaque != "" || len(address) > maxAddress:
		return fault.Field("url", "An address such as https://shop.example/scrip.")
	case u.User != nil || u.Fragment != "":
		return fault.Field("url", "An address without a name, a password or a # in it.")
	case u.Scheme != "https" && (u.Scheme != "http" || len(h.Allowed) == 0):
		return fault.Field("url", "The address must begin with https://.")
	}
	literal, err := netip.ParseAddr(strings.TrimSuffix(name, "."))
	if err == nil && !reachable(literal, h.Allowed) || len(h.Allowed) == 0 && strings.EqualFold(strings.TrimSuffix(name, "."), "localhost") {
		return fault.Field("url", "This address is in a private network. The operator of this installation can allow it.")
	}
	return nil
}

// maxAddress is how long the address of a webhook may be, in bytes.
const maxAddress = 500
