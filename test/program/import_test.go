package program_test

import (
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// loyalty makes a refill campaign for codes that another system has made.
func (s *server) loyalty() string {
	s.t.Helper()
	var c struct{ ID string }
	s.must(201, "POST", "/v1/campaigns", object{"kind": "refill", "name": "Printed elsewhere", "value": object{"type": "amount", "money": object{"amount": 1000, "currency": "SGD"}}}).into(s.t, &c)
	return c.ID
}

// upload sends a file; an error means that no whole answer came.
func (s *server) upload(campaign, file string) (reply, error) {
	q := url.Values{"description": {"PRINTED"}, "file": {"printed.csv"}}
	req, err := http.NewRequest("POST", s.base+"/v1/campaigns/"+campaign+"/imports?"+q.Encode(), strings.NewReader(file))
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	req.Header.Set("Content-Type", "text/csv")
	resp, err := client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, content, resp.Header}, err
}

type upload struct {
	ID, State, Batch string
	Rows, Errors     int
}

// uploaded is an upload that has to be without errors.
func (s *server) uploaded(campaign, file string) (u upload) {
	s.t.Helper()
	r, err := s.upload(campaign, file)
	if err != nil || r.status != 201 {
		s.t.Fatalf("upload: %v %d %s", err, r.status, r.body)
	}
	r.into(s.t, &u)
	if want := strings.Count(file, "\n") - 1; u.State != "pending" || u.Rows != want || u.Errors != 0 {
		s.t.Fatalf("upload of %d lines: %+v", want, u)
	}
	return u
}

// Real input: 100,000 external codes over HTTP, some used through the API and one in
// the portal, exported and compared line by line.
func TestExternalCodesFromTheFileToTheExport(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, p *place) {
		const lines = 100_000
		s := p.serve()
		var file strings.Builder
		codes, amounts := make([]string, lines), make([]int, lines)
		file.WriteString("code,amount,remarks\n")
		for i := range codes {
			codes[i], amounts[i] = fmt.Sprintf("0%05d-%04dX", i, i*7919%10_000), 500+i%1000
			fmt.Fprintf(&file, "%s,%d.%02d,\"line, %d\"\n", codes[i], amounts[i]/100, amounts[i]%100, i)
		}
		u := s.uploaded(s.loyalty(), file.String())
		s.must(200, "POST", "/v1/imports/"+u.ID+"/confirm", object{}).into(t, &u)
		s.complete(u.Batch)
		used := map[string]int{}
		for i := 0; i < lines; i += 9_973 {
			s.redeem(201, "use-"+codes[i], strings.ToLower(strings.ReplaceAll(codes[i], "-", " ")))
			used[codes[i]]++
		}
		last := lines - 1
		s.topUpInPortal(codes[last], fmt.Sprintf("%d.%02d", amounts[last]/100, amounts[last]%100))
		used[codes[last]]++
		began := time.Now()
		rows, err := csv.NewReader(strings.NewReader(string(s.must(200, "POST", "/v1/batches/"+u.Batch+"/export", object{}).body))).ReadAll()
		if err != nil || len(rows) != lines+1 {
			t.Fatalf("the export has %d lines: %v", len(rows), err)
		}
		t.Logf("exported in %v", time.Since(began))
		for i, row := range rows[1:] {
			state := map[int]string{0: "active", 1: "redeemed"}[used[codes[i]]]
			if row[1] != codes[i] || row[4] != fmt.Sprint(amounts[i]) && row[4] != fmt.Sprintf("%d.%02d", amounts[i]/100, amounts[i]%100) || row[5] != "SGD" || row[6] != state {
				t.Fatalf("line %d is %q, want %s, %d, %s", i+1, row, codes[i], amounts[i], state)
			}
		}
		p.verified()
	})
}

// topUpInPortal has a new customer sign in to the portal and use a code there.
func (s *server) topUpInPortal(code, balance string) {
	s.t.Helper()
	var c struct{ ID string }
	s.must(201, "POST", "/v1/customers", object{"source_id": "acct-mei", "name": "Mei Tan", "email": "mei@example.com"}).into(s.t, &c)
	office := newVisitor(s.t, s.base)
	office.submit("/admin/sign-in", "email", "ada@example.com", "password", "correct horse battery")
	if page, status := office.submit("/admin/customers/"+c.ID+"/password", "password", "a kettle of fish"); status != 200 || !strings.Contains(page, "Mei Tan") {
		s.t.Fatalf("setting a password: %d", status)
	}
	mei := newVisitor(s.t, s.base)
	mei.submit("/sign-in", "contact", "mei@example.com", "password", "a kettle of fish")
	if page, status := mei.submit("/top-up", "code", code); status != 200 || !strings.Contains(page, balance) {
		s.t.Fatalf("topping up in the portal: %d, no %s", status, balance)
	}
	if _, status := mei.submit("/top-up", "code", code); status != 409 {
		s.t.Errorf("the same code again: %d", status)
	}
}

func TestF42KilledWhileImportingGoesOnAndIsNeverHalfVisible(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, p *place) {
		const lines = 30_000
		codes := make([]string, lines)
		for i := range codes {
			codes[i] = fmt.Sprintf("PRINTED-%06d", i)
		}
		file := "code\n" + strings.Join(codes, "\n") + "\n"
		s := p.serve()
		campaign := s.loyalty()
		cut := make(chan error, 1)
		go func() {
			_, err := s.upload(campaign, file)
			cut <- err
		}()
		<-time.After(time.Duration(20+rand.IntN(150)) * time.Millisecond)
		s.kill() // while its lines are being looked at
		<-cut
		s = p.serve()
		u := s.uploaded(campaign, file)
		s.must(200, "POST", "/v1/imports/"+u.ID+"/confirm", object{}).into(t, &u)
		unfinished := 0
		for range 4 {
			<-time.After(time.Duration(50+rand.IntN(150)) * time.Millisecond)
			s.kill()
			s = p.serve()
			if s.unseen(campaign, u.Batch, codes[0], lines) {
				unfinished++
			}
		}
		if unfinished == 0 {
			t.Error("every kill came too late: none was in the middle")
		}
		s.complete(u.Batch)
		if got := s.export(u.Batch); strings.Join(got, "\n") != strings.Join(codes, "\n") {
			t.Fatalf("%d codes of %d, or others", len(got), lines)
		}
		s.redeem(201, "first", codes[0])
		s.redeem(201, "last", codes[lines-1])
		s.must(200, "GET", "/v1/imports/"+u.ID, nil).into(t, &u)
		if u.State != "confirmed" {
			t.Errorf("the import is %s", u.State)
		}
		p.verified()
	})
}

// unseen reports whether a batch is still being made; then nothing of it is visible.
func (s *server) unseen(campaign, batch, code string, lines int) bool {
	s.t.Helper()
	list, err := s.send("GET", "/v1/vouchers?limit=1&campaign="+campaign, "", nil)
	found, other := s.send("POST", "/v1/vouchers/lookup", "", object{"code": code})
	var b struct {
		State    string
		Progress struct{ Done, Total int }
	}
	s.must(200, "GET", "/v1/batches/"+batch, nil).into(s.t, &b)
	if b.State != "creating" { // asked last: what was seen before may have been finished since
		return false
	}
	if err != nil || other != nil || !strings.Contains(string(list.body), `"data":[]`) || found.status != 404 {
		s.t.Fatalf("a voucher is visible at %d of %d: %v %v %s %d", b.Progress.Done, b.Progress.Total, err, other, list.body, found.status)
	}
	if b.Progress.Done > lines || b.Progress.Total != lines {
		s.t.Fatalf("progress is %+v", b.Progress)
	}
	return true
}
