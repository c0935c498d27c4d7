package ui_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/ui"
)

// texts returns a language file as key → form → text; a plain text has the form "".
func texts(t testing.TB, code string) map[string]map[string]string {
	t.Helper()
	body, err := os.ReadFile("lang/" + code + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(body, &raw); err != nil {
		t.Fatalf("%s: %v", code, err)
	}
	out := map[string]map[string]string{}
	for key, v := range raw {
		var text string
		var forms map[string]string
		if json.Unmarshal(v, &text) == nil {
			forms = map[string]string{"": text}
		} else if err := json.Unmarshal(v, &forms); err != nil {
			t.Fatalf("%s %s: %v", code, key, err)
		}
		out[key] = forms
	}
	return out
}

// holes returns the placeholders of a text, sorted.
func holes(text string) []string {
	list := regexp.MustCompile(`\{\w+\}`).FindAllString(text, -1)
	slices.Sort(list)
	return slices.Compact(list)
}

func TestEveryLanguageSaysTheSame(t *testing.T) {
	t.Parallel()
	english := texts(t, "en")
	for _, code := range ui.Codes() {
		other := texts(t, code)
		for key := range other {
			if english[key] == nil {
				t.Errorf("%s has %s, which English has not", code, key)
			}
		}
		for key, forms := range english {
			if other[key] == nil {
				t.Errorf("%s lacks %s", code, key)
			}
			for form, text := range other[key] {
				got, want := holes(text), holes(forms["other"]+forms[""])
				// A plural form may say its number in words.
				if form != "" {
					got, want = without(got, "{n}"), without(want, "{n}")
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s %s %s: placeholders %v, want %v", code, key, form, got, want)
				}
				if strings.TrimSpace(text) == "" && key != "number.group" {
					t.Errorf("%s %s is empty", code, key)
				}
			}
		}
	}
}

func without(list []string, s string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(x string) bool { return x == s })
}

func TestPluralsHaveEveryForm(t *testing.T) {
	t.Parallel()
	cat := catalogue(t)
	for _, l := range cat.All() {
		for key, forms := range texts(t, l.Code()) {
			if forms[""] != "" {
				continue
			}
			for _, n := range []int64{0, 1, 2, 3, 5, 11, 21, 100, 102, 111, 1000, 1_000_000} {
				if form := l.Form(n); forms[form] == "" {
					t.Errorf("%s %s has no form %q, needed for %d", l.Code(), key, form, n)
				}
			}
		}
	}
	english, arabic := cat.English(), known(t, "ar")
	for _, c := range []struct{ got, want string }{
		{english.Count("voucher.uses", 1), "1 use"}, {english.Count("voucher.uses", 1200), "1,200 uses"}, {english.Count("voucher.uses", 0), "0 uses"},
		{arabic.Count("voucher.uses", 2), "استخدامان"}, {arabic.Count("voucher.uses", 5), "5 استخدامات"}, {known(t, "ja").Count("voucher.uses", 1), "あと1回"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func known(t testing.TB, code string) ui.Language {
	t.Helper()
	l, ok := catalogue(t).Known(code)
	if !ok {
		t.Fatalf("no language %s", code)
	}
	return l
}

func TestLanguageIsMatched(t *testing.T) {
	t.Parallel()
	cat := catalogue(t)
	for accept, want := range map[string]string{
		"": "en", "de-CH,fr;q=0.8": "de", "zh-TW,zh;q=0.9": "zh-Hant", "zh-CN": "zh-Hans", "zh-HK": "zh-Hant", "pt-BR": "pt",
		"nb,sv;q=0.9": "en", "ms-MY,id;q=0.5": "ms", "ar-EG": "ar", "rubbish;;;": "en", "*": "en", "ja": "ja", "in": "id",
	} {
		if got := cat.Match(accept).Code(); got != want {
			t.Errorf("%q: got %s, want %s", accept, got, want)
		}
	}
	if d := known(t, "ar").Dir(); d != "rtl" {
		t.Errorf("Arabic runs %s", d)
	}
	if got := cat.All("de", "xx", "ja"); len(got) != 2 {
		t.Errorf("got %d languages of de, xx, ja", len(got))
	}
}

func TestDatesAndAmounts(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 5, 9, 7, 0, 0, time.UTC)
	for code, want := range map[string][3]string{
		"en": {"5 Nov 2026, 09:07", "SGD 1,234,567.50", "−0.05"}, "de": {"5. Nov. 2026, 09:07", "1.234.567,50 SGD", "−0,05"},
		"fr": {"5 nov. 2026, 09:07", "1\u202f234\u202f567,50 SGD", "−0,05"}, "ja": {"2026年11月5日 09:07", "SGD 1,234,567.50", "−0.05"},
		"pt": {"5 de nov. de 2026, 09:07", "SGD 1.234.567,50", "−0,05"}, "ar": {"5 نوفمبر 2026، 09:07", "1,234,567.50 SGD", "−0.05"},
	} {
		l := known(t, code)
		if got := l.DateTime(at); got != want[0] {
			t.Errorf("%s: got %q, want %q", code, got, want[0])
		}
		if got := strings.ReplaceAll(l.Money(123456750, 2, "SGD"), "\u00a0", " "); got != want[1] {
			t.Errorf("%s: got %q, want %q", code, got, want[1])
		}
		if got := l.Money(-5, 2, "X"); !strings.Contains(got, want[2]) {
			t.Errorf("%s: got %q, want %q in it", code, got, want[2])
		}
	}
	if got := known(t, "ja").Money(500, 0, "JPY"); got != "JPY\u00a0500" {
		t.Errorf("an amount without decimals: %q", got)
	}
}

func TestStrangersHearOneSentence(t *testing.T) {
	t.Parallel()
	for _, l := range catalogue(t).All() {
		want := l.Say("refusal.stranger")
		for _, code := range []string{"not_found", "not_holder", "not_active"} {
			if got := l.Fault(fault.New(fault.Refused, code, "x")); got != want {
				t.Errorf("%s %s: %q, want %q", l.Code(), code, got, want)
			}
		}
		if got := l.Fault(fault.New(fault.Refused, "a_new_reason", "x")); got != want {
			t.Errorf("%s: a refusal without a text says %q", l.Code(), got)
		}
		if got := l.Fault(fault.New(fault.Refused, "expired", "x")); got == want || strings.Contains(got, "refusal.") {
			t.Errorf("%s: expired says %q", l.Code(), got)
		}
		if got := l.Fault(fault.Of(os.ErrClosed)); got != l.Say("fault.kind.0") {
			t.Errorf("%s: an internal fault says %q", l.Code(), got)
		}
	}
}

func TestEveryRefusalHasAText(t *testing.T) {
	t.Parallel()
	english := catalogue(t).English()
	for _, code := range strings.Fields(`not_found mistyped not_active disabled frozen paused not_started expired outside_hours
		already_redeemed limit_reached customer_limit_reached daily_limit_reached budget_reached allocation_exhausted customer_required
		location_required order_required amount_required not_holder not_eligible wrong_location not_applicable minimum_not_met
		not_combinable insufficient_balance currency_mismatch held locked_out already_reversed conflict`) {
		if !english.Has("refusal." + code) {
			t.Errorf("no text for %s", code)
		}
	}
	for k := fault.Internal; k <= fault.TooLarge; k++ {
		if text := english.Fault(fault.New(k, "x", "y")); strings.Contains(text, "fault.") {
			t.Errorf("no text for kind %d", k)
		}
	}
	if got := english.Say("no.such.key"); got != "no.such.key" {
		t.Errorf("a missing key says %q", got)
	}
}
