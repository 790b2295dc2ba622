//! Batches through workers and out again in their own order.
//!
//! One thread reads, a fixed number work, and the caller's thread receives the results in the order
//! in which they were read: the output is the same for any number of workers, and no more than a
//! few batches a worker are in memory at once.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

/// Reads items, works on them on `threads` threads, and hands the results over in order.
///
/// The first error, of the reader or of the sink, ends the work.
pub fn ordered<I: Send, O: Send, E: Send>(
    threads: usize,
    source: impl Iterator<Item = Result<I, E>> + Send,
    work: impl Fn(I) -> O + Sync,
    mut sink: impl FnMut(O) -> Result<(), E>,
) -> Result<(), E> {
    let threads = threads.max(1);
    let window = Window::new(threads * 4);
    let (to_workers, inbox) = sync_channel::<(u64, I)>(threads);
    let (to_sink, outbox) = sync_channel::<(u64, Result<O, E>)>(threads);
    let inbox = Mutex::new(inbox);
    thread::scope(|scope| {
        let (window, inbox, work) = (&window, &inbox, &work);
        let reader_out = to_sink.clone();
        scope.spawn(move || read(source, window, &to_workers, &reader_out));
        for _ in 0..threads {
            let to_sink = to_sink.clone();
            scope.spawn(move || {
                while let Some((n, item)) = take(inbox) {
                    if to_sink.send((n, Ok(work(item)))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(to_sink);
        let result = write(&outbox, window, &mut sink);
        // Whoever waits to send must see that nobody listens any more, and stop.
        window.close();
        drop(outbox);
        let inbox = inbox.lock().unwrap_or_else(PoisonError::into_inner);
        while inbox.try_recv().is_ok() {}
        result
    })
}

fn read<I, O, E>(
    source: impl Iterator<Item = Result<I, E>>,
    window: &Window,
    to_workers: &SyncSender<(u64, I)>,
    to_sink: &SyncSender<(u64, Result<O, E>)>,
) {
    for (n, item) in source.enumerate() {
        let n = n as u64;
        if !window.enter(n) {
            return;
        }
        match item {
            Ok(item) => {
                if to_workers.send((n, item)).is_err() {
                    return;
                }
            }
            Err(error) => {
                let _ = to_sink.send((n, Err(error)));
                return;
            }
        }
    }
}

fn take<T>(inbox: &Mutex<Receiver<T>>) -> Option<T> {
    inbox.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

fn write<O, E>(
    outbox: &Receiver<(u64, Result<O, E>)>,
    window: &Window,
    sink: &mut impl FnMut(O) -> Result<(), E>,
) -> Result<(), E> {
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    for (n, result) in outbox {
        waiting.insert(n, result);
        while let Some(result) = waiting.remove(&next) {
            sink(result?)?;
            next += 1;
            window.advance(next);
        }
    }
    Ok(())
}

/// How far reading may run ahead of writing.
struct Window {
    size: u64,
    written: Mutex<Option<u64>>,
    moved: Condvar,
}

impl Window {
    fn new(size: usize) -> Self {
        Self { size: size as u64, written: Mutex::new(Some(0)), moved: Condvar::new() }
    }

    /// Waits until item `n` may be read; false when the work was ended.
    fn enter(&self, n: u64) -> bool {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match *written {
                None => return false,
                Some(done) if n < done + self.size => return true,
                Some(_) => {
                    written = self.moved.wait(written).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }

    fn advance(&self, done: u64) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if written.is_some() {
            *written = Some(done);
        }
        self.moved.notify_all();
    }

    fn close(&self) {
        *self.written.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squares(threads: usize, count: u64) -> Vec<u64> {
        let mut out = Vec::new();
        let source = (0..count).map(Ok::<_, String>);
        ordered(
            threads,
            source,
            |n| n * n,
            |n| {
                out.push(n);
                Ok(())
            },
        )
        .unwrap();
        out
    }

    #[test]
    fn results_come_in_the_order_of_reading_for_any_number_of_threads() {
        let expected: Vec<u64> = (0..500).map(|n| n * n).collect();
        for threads in [1, 2, 7] {
            assert_eq!(squares(threads, 500), expected);
        }
        assert!(squares(3, 0).is_empty());
    }

    #[test]
    fn an_error_of_the_reader_ends_the_work_after_what_came_before() {
        let source = (0..100).map(|n| if n == 40 { Err("torn page") } else { Ok(n) });
        let mut seen = 0;
        let result = ordered(
            3,
            source,
            |n| n,
            |_| {
                seen += 1;
                Ok(())
            },
        );
        assert_eq!((result, seen), (Err("torn page"), 40));
    }

    #[test]
    fn an_error_of_the_sink_ends_the_work_without_hanging() {
        let source = (0..10_000).map(Ok);
        let result = ordered(2, source, |n| n, |n| if n == 7 { Err("disk full") } else { Ok(()) });
        assert_eq!(result, Err("disk full"));
    }
}
