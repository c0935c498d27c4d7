package httpx

import (
	"container/list"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/scriphq/scrip/internal/fault"
)

// Rate allows Burst requests at once and refills them evenly over Per.
type Rate struct {
	Burst int
	Per   time.Duration
}

// RateLimit is a token bucket per key, in memory of bounded size: past its number of keys the
// one longest unused is forgotten, which at worst gives its owner a full bucket again.
// It is a brake for one process; lock-outs that must survive a restart live in the database.
type RateLimit struct {
	rate   Rate
	policy []string // as the header says it
	keys   int

	mu      sync.Mutex
	buckets map[string]*list.Element
	used    *list.List // of *bucket, most recently used first
}

type bucket struct {
	key    string
	tokens float64
	at     time.Time
}

// Verdict is the answer to one request.
type Verdict struct {
	OK        bool
	Limit     int
	Remaining int
	Reset     time.Duration // until the bucket is full again
	Retry     time.Duration // until the next request is allowed; 0 when OK
	policy    []string
}

// NewRateLimit returns a limit that remembers at most keys buckets. It panics on a rate
// that would allow nothing, a mistake found at start.
func NewRateLimit(rate Rate, keys int) *RateLimit {
	if rate.Burst < 1 || rate.Per <= 0 || keys < 1 {
		panic("httpx: rate limit without burst, period or keys")
	}
	policy := fmt.Sprintf(`"default";q=%d;w=%d`, rate.Burst, seconds(rate.Per))
	return &RateLimit{rate: rate, policy: []string{policy}, keys: keys, buckets: map[string]*list.Element{}, used: list.New()}
}

// Take takes one token of key's bucket at the time now.
func (l *RateLimit) Take(key string, now time.Time) Verdict { return l.judge(key, now, 1) }

// Peek says what Take would, and takes nothing.
func (l *RateLimit) Peek(key string, now time.Time) Verdict { return l.judge(key, now, 0) }

func (l *RateLimit) judge(key string, now time.Time, cost float64) Verdict {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(key, now)
	perToken := float64(l.rate.Per) / float64(l.rate.Burst)
	if passed := now.Sub(b.at); passed > 0 { // a clock set back refills nothing
		b.tokens = min(float64(l.rate.Burst), b.tokens+float64(passed)/perToken)
		b.at = now
	}
	v := Verdict{Limit: l.rate.Burst, policy: l.policy}
	if b.tokens >= 1 {
		b.tokens -= cost
		v.OK = true
	} else {
		v.Retry = time.Duration(math.Ceil((1 - b.tokens) * perToken))
	}
	v.Remaining = int(b.tokens)
	v.Reset = time.Duration((float64(l.rate.Burst) - b.tokens) * perToken)
	return v
}

func (l *RateLimit) bucket(key string, now time.Time) *bucket {
	if e, ok := l.buckets[key]; ok {
		l.used.MoveToFront(e)
		return e.Value.(*bucket)
	}
	for l.used.Len() >= l.keys {
		oldest := l.used.Back()
		delete(l.buckets, oldest.Value.(*bucket).key)
		l.used.Remove(oldest)
	}
	b := &bucket{key: key, tokens: float64(l.rate.Burst), at: now}
	l.buckets[key] = l.used.PushFront(b)
	return b
}

// SetHeader writes RateLimit and RateLimit-Policy as the IETF draft "RateLimit header
// fields for HTTP" names them.
func (v Verdict) SetHeader(h http.Header) {
	h["Ratelimit-Policy"] = v.policy
	h["Ratelimit"] = []string{`"default";r=` + strconv.Itoa(v.Remaining) + ";t=" + strconv.Itoa(seconds(v.Reset))}
}

// Err returns nil, or the fault for a request past the limit.
func (v Verdict) Err() error {
	if v.OK {
		return nil
	}
	return fault.New(fault.RateLimited, "rate_limited", "Too many requests. Wait a moment and try again.").After(v.Retry)
}

// Limited refuses requests past l, counted by key; requests with the key "" pass uncounted.
func Limited(d Door, l *RateLimit, now func() time.Time, key func(*http.Request) string) Middleware {
	return func(next http.Handler) http.Handler {
		return d.Handle(func(w http.ResponseWriter, r *http.Request) error {
			k := key(r)
			if k == "" {
				next.ServeHTTP(w, r)
				return nil
			}
			v := l.Take(k, now())
			v.SetHeader(w.Header())
			if err := v.Err(); err != nil {
				return err
			}
			next.ServeHTTP(w, r)
			return nil
		})
	}
}
