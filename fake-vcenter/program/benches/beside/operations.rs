//! What is measured, one server at a time: each operation by eight clients at once, with the wall time and the processor time of the server.
//! How long one is told of a change is measured with nothing else going on. Nothing waits without a bound: what a server does not tell of in
//! time is counted as lost, and an operation that fails has no figures.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::client::Client;
use crate::failure::Failure;
use crate::server::{Server, now};
use crate::soap::Reference;

/// So many calls are open at a time.
pub const IN_FLIGHT: usize = 8;

/// So long a follower waits for one change before it counts as lost.
const TOLD: Duration = Duration::from_secs(2);

/// After so many lost ones a round is over: each costs the time that is waited for it.
const MOST_LOST: usize = 10;

/// So many disks each machine gets at most, of the 59 that it has room for.
const DISKS: usize = 10;

/// What an operation came to in one round.
#[derive(Clone, Copy, Debug, Default)]
pub struct Measure {
    /// How often it was done.
    pub done: usize,
    /// How long that took.
    pub wall: Duration,
    /// What the server's process spent on it.
    pub server: Duration,
    /// What the clients spent on it.
    pub clients: Duration,
    /// So many calls that were.
    pub calls: usize,
    /// So many changes the server did not tell of.
    pub lost: usize,
}

impl Measure {
    /// How often a second.
    fn rate(&self) -> f64 {
        count(self.done) / self.wall.as_secs_f64().max(1e-9)
    }

    /// Microseconds for one of them.
    fn each(&self, spent: Duration) -> f64 {
        spent.as_secs_f64() * 1e6 / count(self.done).max(1.0)
    }
}

/// What an operation came to in several rounds: medians, each figure for itself.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// How often a second.
    pub rate: f64,
    /// The server's microseconds for one.
    pub server: f64,
    /// The clients' microseconds for one.
    pub clients: f64,
    /// Calls for one.
    pub calls: f64,
    /// So many changes the server did not tell of, in all rounds, and so often it was to tell.
    pub lost: (usize, usize),
}

impl Figures {
    /// Of these rounds.
    pub fn of(rounds: &[Measure]) -> Self {
        let figure = |figure: &dyn Fn(&Measure) -> f64| median(rounds.iter().map(figure).collect());
        Self {
            rate: figure(&Measure::rate),
            server: figure(&|round| round.each(round.server)),
            clients: figure(&|round| round.each(round.clients)),
            calls: figure(&|round| count(round.calls) / count(round.done).max(1.0)),
            lost: rounds.iter().fold((0, 0), |(lost, of), round| (lost + round.lost, of + round.done)),
        }
    }
}

/// The middle one; of none there is none, and it is 0.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// A count for arithmetic.
pub fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

/// A server and its clients.
pub struct Rig {
    /// The server.
    pub server: Server,
    clients: Vec<Client>,
    machines: Vec<(Reference, String)>,
    datastore: Reference,
    /// Ids of the volumes that are there.
    volumes: Vec<String>,
    made: usize,
}

/// The operations, in the order in which they are measured: those in the middle need the volumes that the one before them made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// CurrentTime: the call that does nothing.
    Nothing,
    /// Seven properties of all machines.
    Seven,
    /// `config` of one machine.
    Configuration,
    /// FindByUuid.
    Find,
    /// ReconfigVM_Task to its end.
    Reconfigure,
    /// CnsCreateVolume to its end.
    Create,
    /// CnsQueryVolume for one id.
    Query,
    /// CnsQueryAllVolume.
    QueryAll,
    /// CnsAttachVolume to its end.
    Attach,
    /// CnsDetachVolume to its end.
    Detach,
    /// CnsDeleteVolume to its end.
    Delete,
    /// From asking for a change until another client was told of it, one at a time: the median.
    Notified,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Nothing,
        Self::Seven,
        Self::Configuration,
        Self::Find,
        Self::Reconfigure,
        Self::Create,
        Self::Query,
        Self::QueryAll,
        Self::Attach,
        Self::Detach,
        Self::Delete,
        Self::Notified,
    ];

    /// Whether it works on volumes that are there.
    fn needs_volumes(self) -> bool {
        matches!(self, Self::Query | Self::Attach | Self::Detach | Self::Delete)
    }

    /// For the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "CurrentTime",
            Self::Seven => "7 properties of all VMs",
            Self::Configuration => "one VM's config",
            Self::Find => "FindByUuid",
            Self::Reconfigure => "reconfigure and wait",
            Self::Create => "CNS create and wait",
            Self::Query => "CNS query by id",
            Self::QueryAll => "CNS query all",
            Self::Attach => "CNS attach and wait",
            Self::Detach => "CNS detach and wait",
            Self::Delete => "CNS delete and wait",
            Self::Notified => "WaitForUpdates latency",
        }
    }
}

impl Rig {
    /// Gives it clients anew: those of an operation that failed may stand in the middle of an answer.
    pub fn reconnect(&mut self) -> Result<(), Failure> {
        self.clients = (0..IN_FLIGHT).map(|_| Client::open(self.server.address)).collect::<Result<Vec<_>, _>>()?;
        Ok(())
    }

    /// Clients that have logged in.
    pub fn new(server: Server) -> Result<Self, Failure> {
        let mut clients = (0..IN_FLIGHT).map(|_| Client::open(server.address)).collect::<Result<Vec<_>, _>>()?;
        let machines = clients[0].machines()?;
        let datastore = clients[0].datastore(&machines[0].0)?;
        Ok(Self { server, clients, machines, datastore, volumes: Vec::new(), made: 0 })
    }

    /// Measures an operation; the ones on volumes use as many as are there.
    pub fn measure(&mut self, operation: Operation, most: usize, time: Duration) -> Result<Measure, Failure> {
        if operation.needs_volumes() && self.volumes.is_empty() {
            return Err(Failure::NoVolumes);
        }
        let volumes = std::mem::take(&mut self.volumes);
        let (machines, datastore, made) = (&self.machines, &self.datastore, self.made);
        let machine = |number: usize| &machines[number % machines.len()];
        let disks = volumes.len().min(machines.len() * DISKS);
        let measure = match operation {
            Operation::Nothing => spread(&self.server, &mut self.clients, most, time, |client, _| client.nothing()),
            Operation::Seven => spread(&self.server, &mut self.clients, most, time, |client, _| client.seven_of_all().map(drop)),
            Operation::Configuration => {
                spread(&self.server, &mut self.clients, most, time, |client, number| client.configuration(&machine(number).0).map(drop))
            }
            Operation::Find => {
                spread(&self.server, &mut self.clients, most, time, |client, number| client.find(&machine(number).1).map(drop))
            }
            Operation::Reconfigure => spread(&self.server, &mut self.clients, most, time, |client, number| {
                client.rename(&machine(number).0, &format!("renamed-{number}"))
            }),
            Operation::Create => {
                let new = std::sync::Mutex::new(volumes.clone());
                let measure = spread(&self.server, &mut self.clients, most, Duration::MAX, |client, number| {
                    let volume = client.create(&format!("pvc-{}", made + number), datastore)?;
                    new.lock().map_err(|_| Failure::Worker)?.push(volume);
                    Ok(())
                });
                self.volumes = new.into_inner().map_err(|_| Failure::Worker)?;
                self.made += self.volumes.len();
                return measure;
            }
            Operation::Query => spread(&self.server, &mut self.clients, most, time, |client, number| {
                client.query(&volumes[number % volumes.len()]).map(drop)
            }),
            Operation::QueryAll => spread(&self.server, &mut self.clients, most, time, |client, _| client.query_all().map(drop)),
            Operation::Attach => spread(&self.server, &mut self.clients, disks, Duration::MAX, |client, number| {
                client.attach(&volumes[number], &machine(number).0)
            }),
            Operation::Detach => spread(&self.server, &mut self.clients, disks, Duration::MAX, |client, number| {
                client.detach(&volumes[number], &machine(number).0)
            }),
            Operation::Delete => {
                return spread(&self.server, &mut self.clients, volumes.len(), Duration::MAX, |client, number| {
                    client.delete(&volumes[number])
                });
            }
            Operation::Notified => notified(&self.server, &mut self.clients, &machine(0).0, most.min(200)),
        };
        self.volumes = volumes;
        measure
    }
}

/// Lets all clients work until so many are done or the time is over.
fn spread(
    server: &Server,
    clients: &mut [Client],
    most: usize,
    time: Duration,
    operation: impl Fn(&mut Client, usize) -> Result<(), Failure> + Sync,
) -> Result<Measure, Failure> {
    let next = AtomicUsize::new(0);
    let counted = |clients: &[Client]| clients.iter().fold((0, 0), |(calls, lost), client| (calls + client.calls(), lost + client.lost));
    let before = counted(clients);
    let (cpu, begun) = (server.cpu()?, now());
    let work = |client: &mut Client| {
        let mut done = 0;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= most || begun.elapsed() > time {
                return Ok((done, thread_cpu()?));
            }
            operation(client, number)?;
            done += 1;
        }
    };
    let results: Vec<Result<(usize, Duration), Failure>> = std::thread::scope(|scope| {
        let workers: Vec<_> = clients.iter_mut().map(|client| scope.spawn(|| work(client))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or(Err(Failure::Worker))).collect()
    });
    let mut measure = Measure { wall: begun.elapsed(), server: server.cpu()?.saturating_sub(cpu), ..Measure::default() };
    let after = counted(clients);
    (measure.calls, measure.lost) = (after.0 - before.0, after.1 - before.1);
    for result in results {
        let (done, spent) = result?;
        measure.done += done;
        measure.clients += spent;
    }
    Ok(measure)
}

/// What this thread has spent.
fn thread_cpu() -> Result<Duration, Failure> {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat").map_err(Failure::Kernel)?;
    Ok(Duration::from_nanos(line.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok()).unwrap_or_default()))
}

/// One client follows a machine's power, another changes it: a property of which the simulator tells, as of a name it does not.
/// What the follower is not told of in time is lost.
fn notified(server: &Server, clients: &mut [Client], machine: &Reference, most: usize) -> Result<Measure, Failure> {
    let [follower, changer, ..] = clients else { return Err(Failure::Worker) };
    let filter = follower.follow(machine, "VirtualMachine", "runtime.powerState")?;
    follower.updates(TOLD)?;
    let (cpu, calls, mut waits, mut lost) = (server.cpu()?, follower.calls() + changer.calls(), Vec::new(), 0);
    // An even number, so that the power is on in the end.
    for number in 0..most & !1 {
        match told_of(follower, changer, machine, number % 2 == 1)? {
            Some(wait) => waits.push(wait),
            None => lost += 1,
        }
        if lost >= MOST_LOST {
            break;
        }
    }
    let (server, calls) = (server.cpu()?.saturating_sub(cpu), follower.calls() + changer.calls() - calls);
    follower.forget(&filter)?;
    waits.sort_unstable();
    let (done, typical) = (waits.len(), waits.get(waits.len() / 2).copied().unwrap_or_default());
    let times = u32::try_from(done).unwrap_or(u32::MAX);
    Ok(Measure { done, wall: typical * times, server, calls, lost, ..Measure::default() })
}

/// How long it takes until the follower is told that the machine's power is on, or off; nothing if it is not told.
fn told_of(follower: &mut Client, changer: &mut Client, machine: &Reference, on: bool) -> Result<Option<Duration>, Failure> {
    let shown = if on { ">poweredOn<" } else { ">poweredOff<" };
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let begun = now();
            while begun.elapsed() < TOLD {
                if follower.updates(TOLD)?.contains(shown) {
                    return Ok(Some(now()));
                }
            }
            Ok(None)
        });
        // Until the other one waits at the server.
        std::thread::sleep(Duration::from_millis(2));
        let began = now();
        let asked = changer.begin_power(machine, on);
        let ended = waiting.join().unwrap_or(Err(Failure::Worker));
        asked.and(ended).map(|ended| Some(ended?.duration_since(began)))
    })
}
