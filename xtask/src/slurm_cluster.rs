//! A Slurm cluster of one node, this machine, for a test: real daemons with a configuration, keys and sockets of their own,
//! which touch no other Slurm here and end with it.

use anyhow::{Context, Result, bail};
use std::{
    env, fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};
use xtask::{cargo, packages};

/// The programs that it takes, and Debian's packages that have them.
const PROGRAMS: [(&str, &str); 4] =
    [("slurmctld", "slurmctld"), ("slurmd", "slurmd"), ("sbatch", "slurm-client"), ("munged", "munge")];
/// How many tasks are at work at once, each with two processors. The machine need not have as many.
const TASKS: usize = 2;
/// How long the daemons may take to be ready.
const START: Duration = Duration::from_secs(60);

/// A cluster that is up.
pub(crate) struct Cluster {
    /// Its folder, with the reports of the test too.
    folder: PathBuf,
    daemons: Vec<Child>,
}

impl Cluster {
    /// Starts it. `None` where Slurm is not there and cannot be installed, or where this does not run as root, which may
    /// alone start tasks of others.
    pub(crate) fn start() -> Result<Option<Cluster>> {
        if !packages::is_root() || !ensure_programs()? {
            return Ok(None);
        }
        let folder = env::temp_dir().join(format!("ticket-lab-slurm-{}", std::process::id()));
        fs::create_dir(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        // Munge's clients look into it.
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755))?;
        let mut cluster = Cluster { folder, daemons: vec![] };
        cluster.start_daemons()?;
        Ok(Some(cluster))
    }

    fn start_daemons(&mut self) -> Result<()> {
        let path = |name: &str| self.folder.join(name);
        let node = host_name()?;
        fs::create_dir(path("state"))?;
        fs::create_dir(path("spool"))?;
        fs::write(path("slurm.conf"), configuration(&self.folder, &node)?)?;
        let mut key = vec![0; 1024];
        std::io::Read::read_exact(&mut fs::File::open("/dev/urandom")?, &mut key)?;
        fs::write(path("munge.key"), key)?;
        fs::set_permissions(path("munge.key"), fs::Permissions::from_mode(0o600))?;
        let mut munge = Command::new("munged");
        // --force: the folder is in one that everybody may write to.
        munge.args(["--foreground", "--force"]);
        for (option, name) in [
            ("--key-file", "munge.key"),
            ("--socket", "munge.socket"),
            ("--pid-file", "munge.pid"),
            ("--log-file", "munge.log"),
            ("--seed-file", "munge.seed"),
        ] {
            munge.arg(format!("{option}={}", path(name).display()));
        }
        let mut controller = self.command("slurmctld");
        controller.args(["-D", "-c"]);
        let mut daemon = self.command("slurmd");
        daemon.args(["-D", "-N", &node]);
        for (name, mut command) in [("munged", munge), ("slurmctld", controller), ("slurmd", daemon)] {
            let log = fs::File::create(self.folder.join(format!("{name}.out")))?;
            command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
            self.daemons.push(command.spawn().with_context(|| format!("cannot start {name}"))?);
            if name == "munged" {
                self.wait_until("munged", || self.folder.join("munge.socket").exists())?;
            }
        }
        self.wait_until("the node", || {
            self.output("sinfo", &["--noheader", "--format=%T"]).is_ok_and(|state| state.trim() == "idle")
        })
    }

    fn wait_until(&self, what: &str, is_ready: impl Fn() -> bool) -> Result<()> {
        let start = Instant::now();
        while !is_ready() {
            if start.elapsed() > START {
                bail!("{what} is not ready after {} s:\n{}", START.as_secs(), self.logs());
            }
            sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    /// The folder of the cluster.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A program of Slurm, or one that calls some, which speaks to this cluster.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("SLURM_CONF", self.folder.join("slurm.conf")).current_dir(cargo::root());
        command
    }

    /// What a program of Slurm prints. An error has what it says instead.
    pub(crate) fn output(&self, program: &str, words: &[&str]) -> Result<String> {
        let output =
            self.command(program).args(words).output().with_context(|| format!("cannot start {program}"))?;
        if !output.status.success() {
            bail!("{program} {}: {}", words.join(" "), String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The ends of all that the daemons and tasks have written, for whoever looks for a fault.
    pub(crate) fn logs(&self) -> String {
        let mut said = String::new();
        for folder in [self.folder.clone(), self.folder.join("results")] {
            let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
            for file in files.filter(|file| file.extension().is_some_and(|end| end == "log" || end == "out"))
            {
                let text = fs::read(&file).unwrap_or_default();
                let text = String::from_utf8_lossy(&text);
                let lines: Vec<&str> = text.lines().collect();
                let end = lines[lines.len().saturating_sub(20)..].join("\n");
                said += &format!("-- {}\n{end}\n", file.display());
            }
        }
        said
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Ends the tasks, whose processes are no children of this one.
        let _ = self.output("scancel", &["--full", "--signal=KILL", "--user=root"]);
        for daemon in self.daemons.iter_mut().rev() {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Whether all programs are there, after what is missing has been installed, if it may.
fn ensure_programs() -> Result<bool> {
    let missing = || PROGRAMS.iter().filter(|(program, _)| packages::find(program).is_none());
    if missing().next().is_some() {
        let Some(root) = packages::root_prefix() else { return Ok(false) };
        println!("\n== Slurm is missing: installing Debian's packages");
        packages::install(root, &missing().map(|(_, package)| *package).collect::<Vec<_>>())?;
    }
    Ok(missing().next().is_none())
}

fn host_name() -> Result<String> {
    let output = Command::new("hostname").arg("-s").output().context("cannot start hostname")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A port on which nobody listens at the moment.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// The configuration: one node, no cgroups, no accounting.
fn configuration(folder: &Path, node: &str) -> Result<String> {
    let (folder, processors) = (folder.display(), 2 * TASKS);
    let [controller, daemon] = [free_port()?, free_port()?];
    Ok(format!(
        "ClusterName=ticket-lab-test
SlurmctldHost={node}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={daemon}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SlurmdParameters=config_overrides
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
KillWait=2
NodeName={node} NodeAddr=127.0.0.1 CPUs={processors} State=UNKNOWN
PartitionName=main Nodes={node} Default=YES MaxTime=INFINITE State=UP
"
    ))
}
