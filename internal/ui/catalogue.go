package ui

import (
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"github.com/scriphq/scrip/internal/fault"
)

//go:embed lang/*.json
var lang embed.FS

// Codes returns the languages of customer pages and messages, English first.
func Codes() []string {
	return []string{"en", "zh-Hans", "zh-Hant", "es", "fr", "de", "pt", "id", "ms", "ja", "ar"}
}

// Catalogue holds the texts of every language.
type Catalogue struct {
	languages []Language // in the order of Codes
	matcher   language.Matcher
}

// Language is one language's texts; the zero value says English keys only by their fallbacks.
type Language struct {
	t *texts
}

type texts struct {
	code  string
	tag   language.Tag
	says  map[string]message
	other *texts // English, for what is missing
}

// message is a text, or one text per plural form.
type message struct {
	text  string
	forms map[string]string
}

// UnmarshalJSON reads a string or an object of plural forms.
func (m *message) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &m.text)
	}
	return json.Unmarshal(b, &m.forms)
}

// LoadCatalogue reads the embedded languages.
func LoadCatalogue() (*Catalogue, error) {
	c := &Catalogue{}
	var tags []language.Tag
	for _, code := range Codes() {
		body, err := lang.ReadFile("lang/" + code + ".json")
		if err != nil {
			return nil, err
		}
		t := &texts{code: code}
		if t.tag, err = language.Parse(code); err != nil {
			return nil, fmt.Errorf("language %s: %w", code, err)
		}
		if err := json.Unmarshal(body, &t.says); err != nil {
			return nil, fmt.Errorf("language %s: %w", code, err)
		}
		if len(c.languages) > 0 {
			t.other = c.languages[0].t
		}
		c.languages = append(c.languages, Language{t})
		tags = append(tags, t.tag)
	}
	c.matcher = language.NewMatcher(tags)
	return c, nil
}

// English returns the first language.
func (c *Catalogue) English() Language { return c.languages[0] }

// All returns every language, or those with the given codes.
func (c *Catalogue) All(codes ...string) []Language {
	if len(codes) == 0 {
		return c.languages
	}
	var out []Language
	for _, code := range codes {
		if l, ok := c.Known(code); ok {
			out = append(out, l)
		}
	}
	return out
}

// Known returns the language with this code.
func (c *Catalogue) Known(code string) (Language, bool) {
	for _, l := range c.languages {
		if l.t.code == code {
			return l, true
		}
	}
	return Language{}, false
}

// Match returns the best language for an Accept-Language header or a list of codes.
func (c *Catalogue) Match(accept string) Language {
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil || len(tags) == 0 {
		return c.English()
	}
	_, i, sure := c.matcher.Match(tags...)
	if sure == language.No {
		return c.English()
	}
	return c.languages[i]
}

// Code returns the language's code, such as "zh-Hans".
func (l Language) Code() string {
	if l.t == nil {
		return "en"
	}
	return l.t.code
}

// Dir returns "rtl" for Arabic, else "ltr".
func (l Language) Dir() string {
	if l.Code() == "ar" {
		return "rtl"
	}
	return "ltr"
}

// Name returns the language's own name.
func (l Language) Name() string { return l.Say("language.name") }

// Say returns the text of key with its placeholders filled: pairs of a name and a value.
// A key that is missing everywhere is returned as it is, so that it can be seen.
func (l Language) Say(key string, pairs ...string) string {
	m, ok := l.find(key)
	if !ok {
		return key
	}
	return fill(m.text, pairs)
}

// Count returns the text of key in the plural form for n; {n} is n.
func (l Language) Count(key string, n int64, pairs ...string) string {
	m, ok := l.find(key)
	if !ok {
		return key
	}
	text, ok := m.forms[l.Form(n)]
	if !ok {
		text = or(m.forms["other"], m.text)
	}
	return fill(text, append([]string{"n", l.Number(n)}, pairs...))
}

// Has reports whether the key exists.
func (l Language) Has(key string) bool {
	_, ok := l.find(key)
	return ok
}

// Fault returns a fault's sentence for a customer: by its code, else by its kind.
func (l Language) Fault(f *fault.Error) string {
	for _, key := range []string{"refusal." + f.Code, "fault." + f.Code, "fault.kind." + strconv.Itoa(int(f.Kind))} {
		if l.Has(key) {
			return l.Say(key)
		}
	}
	return l.Say("fault.kind.0")
}

func (l Language) find(key string) (message, bool) {
	for t := l.t; t != nil; t = t.other {
		if m, ok := t.says[key]; ok {
			return m, true
		}
	}
	return message{}, false
}

// Form names the plural form of n as the catalogues do: "one", "few", "other" …
func (l Language) Form(n int64) string {
	if l.t == nil {
		return "other"
	}
	switch plural.Cardinal.MatchPlural(l.t.tag, int(n), 0, 0, 0, 0) {
	case plural.Zero:
		return "zero"
	case plural.One:
		return "one"
	case plural.Two:
		return "two"
	case plural.Few:
		return "few"
	case plural.Many:
		return "many"
	default:
		return "other"
	}
}

func fill(text string, pairs []string) string {
	if len(pairs) == 0 {
		return text
	}
	var with []string
	for i := 0; i+1 < len(pairs); i += 2 {
		with = append(with, "{"+pairs[i]+"}", pairs[i+1])
	}
	return strings.NewReplacer(with...).Replace(text)
}

func (l Language) themes() [4]string {
	return [4]string{l.Say("theme.auto"), l.Say("theme.light"), l.Say("theme.dark"), l.Say("theme.title")}
}
