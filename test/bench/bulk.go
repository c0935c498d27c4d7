package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

const megabyte = 1 << 20

// What does not grow with the number of vouchers is measured with some of them: importing,
// unless told otherwise, one in importedOf, and as many as somebody stands at a till for.
const (
	importedOf = 10
	besideMost = 30_000
)

// object is a JSON object to send.
type object = map[string]any

// stock makes the campaign and the public code that the other measures use, has the
// floor learn from a first redemption, and makes the vouchers unless bulk will.
func (b *bench) stock(ctx context.Context) error {
	return b.served(ctx, func(s *server) error {
		var campaign struct{ ID string }
		if err := s.call("POST", "/v1/campaigns", refill("Bench"), &campaign); err != nil {
			return err
		}
		b.stocks = campaign.ID
		if err := errors.Join(b.public(s), b.first(ctx, s, campaign.ID)); err != nil || b.wants("bulk") {
			return err
		}
		_, err := b.generate(s, campaign.ID, b.vouchers)
		return errors.Join(err, b.rivals.load(ctx, b.vouchers))
	})
}

// served runs f beside a server of its own.
func (b *bench) served(ctx context.Context, f func(s *server) error) error {
	s, err := b.serve(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = s.cmd.Process.Kill() }() // after an error; else it has ended
	if err := f(s); err != nil {
		return err
	}
	return s.stop()
}

// bulk generates, exports and imports vouchers over HTTP, in as many turns as there
// are rounds, each against a plain load of as many rows. The codes it makes are those
// that the other measures use.
func (b *bench) bulk(ctx context.Context) error {
	return b.served(ctx, func(s *server) error {
		n := b.vouchers / b.rounds
		ratio, us, them, err := turns(b.rounds,
			func() (float64, error) { return b.generate(s, b.stocks, n) },
			func() (float64, error) { return timed(func() error { return b.rivals.load(ctx, n) }) })
		if err != nil {
			return err
		}
		b.report.add(line{name: b.name + ": generate ÷ COPY", ratio: ratio, must: 2, aim: 1.2, note: fmt.Sprintf("%.0f /s, %.0f /s", float64(n)/us, float64(n)/them)})
		if err := b.settled(ctx); err != nil {
			return err
		}
		if err := b.beside(s, b.stocks, min(n, besideMost)); err != nil {
			return err
		}
		imported := cmp.Or(b.importing, max(1, b.vouchers/importedOf))
		took, err := timed(func() error { return b.imported(s, b.stocks, imported) })
		if err != nil {
			return err
		}
		peak, err := s.peak()
		b.report.add(line{name: b.name + ": memory while generating, importing, exporting, MB", ratio: peak / megabyte, must: 256, aim: 128,
			note: fmt.Sprintf("%d vouchers generated and exported, %d imported at %.0f /s", b.vouchers, imported, float64(imported)/took)})
		return err
	})
}

// beside measures how long somebody at a till waits while a batch is being made.
func (b *bench) beside(s *server, campaign string, n int) error {
	till, err := s.caller("/v1/redemptions")
	if err != nil {
		return err
	}
	defer till.conn.Close()
	made := make(chan error, 1)
	codes := b.codes
	go func() {
		_, err := b.generate(s, campaign, n)
		made <- err
	}()
	var took []float64
	for len(took) < len(codes) {
		select {
		case err := <-made:
			b.codes = b.codes[len(took):]
			b.report.add(line{name: b.name + ": a redemption while a batch is made, p99, ms", ratio: 1e3 * quantile(took, 0.99), must: 50, aim: 20,
				note: fmt.Sprintf("p50 %.1f ms, longest %.1f ms, of %d", 1e3*median(took), 1e3*quantile(took, 1), len(took))})
			return err
		case <-time.After(20 * time.Millisecond):
		}
		i := len(took)
		wait, err := timed(func() error { return wants(201)(till.ask("beside"+strconv.Itoa(i), redemption(codes[i], i))) })
		if err != nil {
			return err
		}
		took = append(took, wait)
	}
	return errors.Join(errors.New("the codes are used up: raise -vouchers"), <-made)
}

// public issues one code that everybody may use, with a limit that is never met.
func (b *bench) public(s *server) error {
	var campaign, voucher struct{ ID string }
	err := s.call("POST", "/v1/campaigns", object{"kind": "discount", "name": "Hot", "value": object{"type": "percent", "basis_points": 1000},
		"limits": object{"per_voucher": 1_000_000_000, "total": 1_000_000_000}}, &campaign)
	if err != nil {
		return err
	}
	b.hot = "WELCOME10"
	return s.call("POST", "/v1/campaigns/"+campaign.ID+"/vouchers", object{"code": b.hot}, &voucher)
}

func refill(name string) object {
	return object{"kind": "refill", "name": name, "value": object{"type": "amount", "money": object{"amount": 1000, "currency": "SGD"}}}
}

// first redeems one voucher, so that the floor learns what rows are written.
func (b *bench) first(ctx context.Context, s *server, campaign string) error {
	if _, err := b.generate(s, campaign, 2); err != nil {
		return err
	}
	codes, err := b.take(1)
	if err != nil {
		return err
	}
	c, err := s.caller("/v1/redemptions")
	if err != nil {
		return err
	}
	defer c.conn.Close()
	if err := wants(201)(c.ask("first", redemption(codes[0], 0))); err != nil {
		return err
	}
	if b.rivals, err = newFloor(ctx, b.place); err != nil {
		return err
	}
	return b.rivals.people(ctx, customers)
}

func timed(f func() error) (float64, error) {
	begun := time.Now()
	err := f()
	return time.Since(begun).Seconds(), err
}

// generate makes n vouchers, keeps their codes, and returns how long making took.
func (b *bench) generate(s *server, campaign string, n int) (float64, error) {
	var batch struct{ ID, State string }
	took, err := timed(func() error {
		if err := s.call("POST", "/v1/campaigns/"+campaign+"/batches", object{"description": "Bench", "quantity": n}, &batch); err != nil {
			return err
		}
		for batch.State == "creating" {
			time.Sleep(10 * time.Millisecond)
			if err := s.call("GET", "/v1/batches/"+batch.ID, nil, &batch); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || batch.State != "active" {
		return took, fmt.Errorf("a batch became %q: %w", batch.State, err)
	}
	return took, b.export(s, batch.ID, n)
}

// export reads a batch's codes.
func (b *bench) export(s *server, batch string, n int) error {
	resp, err := s.ask("POST", "/v1/batches/"+batch+"/export", "application/json", nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	rows := csv.NewReader(bufio.NewReaderSize(resp.Body, megabyte))
	rows.ReuseRecord = true
	before := len(b.codes)
	for {
		row, err := rows.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if row[1] != "code" {
			b.codes = append(b.codes, string([]byte(row[1])))
		}
	}
	if got := len(b.codes) - before; got != n {
		return fmt.Errorf("the export has %d vouchers, not %d", got, n)
	}
	return nil
}

// imported uploads a file of n codes from elsewhere and confirms it.
func (b *bench) imported(s *server, campaign string, n int) error {
	r, w := io.Pipe()
	go func() {
		out := bufio.NewWriterSize(w, megabyte)
		_, err := out.WriteString("code\n")
		for i := 0; i < n && err == nil; i++ {
			_, err = out.WriteString("EXT-" + random(20) + "\n")
		}
		if err == nil {
			err = out.Flush()
		}
		_ = w.CloseWithError(err) // always nil
	}()
	resp, err := s.ask("POST", "/v1/campaigns/"+campaign+"/imports?description=Elsewhere", "text/csv", r)
	if err != nil {
		return err
	}
	var imp struct {
		ID, State string
		Errors    int
		Batch     *string
	}
	err = decode(resp, &imp)
	for confirmed := false; err == nil && imp.State != "confirmed"; {
		switch {
		case imp.State == "failed" || imp.State == "cancelled" || imp.Errors > 0:
			return fmt.Errorf("the import is %s with %d errors", imp.State, imp.Errors)
		case imp.State == "pending" && !confirmed:
			confirmed = true
			err = s.call("POST", "/v1/imports/"+imp.ID+"/confirm", object{}, &imp)
			continue
		}
		time.Sleep(20 * time.Millisecond)
		err = s.call("GET", "/v1/imports/"+imp.ID, nil, &imp)
	}
	return err
}

func decode(resp *http.Response, v any) error {
	defer resp.Body.Close()
	return json.NewDecoder(resp.Body).Decode(v)
}
