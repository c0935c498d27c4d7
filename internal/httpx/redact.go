package httpx

import (
	"context"
	"log/slog"
	"slices"
	"strings"
)

// Hidden is what a redacted attribute says.
const Hidden = "[hidden]"

// Redact returns a handler that hides the values of attributes named code, codes, token,
// password, authorization, cookie or secret, also inside groups and behind a prefix such as
// session_token, before next sees them. It is a net below careful logging, not a licence:
// it cannot see into messages. The code of a fault is logged under the name "fault".
func Redact(next slog.Handler) slog.Handler { return redactor{next} }

type redactor struct{ next slog.Handler }

func (h redactor) Enabled(ctx context.Context, l slog.Level) bool { return h.next.Enabled(ctx, l) }

func (h redactor) Handle(ctx context.Context, r slog.Record) error {
	if !dubious(r) {
		return h.next.Handle(ctx, r)
	}
	clean := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(redact(a))
		return true
	})
	return h.next.Handle(ctx, clean)
}

// dubious reports whether a record may have something to hide.
func dubious(r slog.Record) bool {
	found := false
	r.Attrs(func(a slog.Attr) bool {
		kind := a.Value.Kind()
		found = secret(a.Key) || kind == slog.KindGroup || kind == slog.KindLogValuer
		return !found
	})
	return found
}

func (h redactor) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = redact(a)
	}
	return redactor{h.next.WithAttrs(clean)}
}

func (h redactor) WithGroup(name string) slog.Handler { return redactor{h.next.WithGroup(name)} }

func redact(a slog.Attr) slog.Attr {
	if secret(a.Key) {
		return slog.String(a.Key, Hidden)
	}
	v := a.Value.Resolve()
	if v.Kind() != slog.KindGroup {
		return slog.Attr{Key: a.Key, Value: v}
	}
	group := slices.Clone(v.Group())
	for i := range group {
		group[i] = redact(group[i])
	}
	return slog.Attr{Key: a.Key, Value: slog.GroupValue(group...)}
}

func secret(key string) bool {
	key = strings.ToLower(key)
	switch key {
	case "code", "codes":
		return true
	}
	last := key[strings.LastIndexAny(key, "_-. ")+1:]
	switch last {
	case "token", "tokens", "password", "authorization", "cookie", "cookies", "secret", "secrets":
		return true
	}
	return false
}
