//! Everything that a worker or the reader of settings may refuse, with what is said of it. If a variant has no sample,
//! this does not compile.

use experiment::{
    arm::Arm,
    data_error::{DataError, DataFileContents},
    experiment_report::{
        merge::MergeError,
        report_file::{HeadFault, LineFault, ReportFileError},
    },
    job::JobId,
    job_data::{JobArray, JobDataError},
    network_file::FileHash,
    network_file_error::NetworkFileError,
    own_data_error::{OwnDataError, OwnDataFault},
    refusals::{MessageFault, Refusal},
    report_check::ReportFault,
    url_fragment::{RejectedSetting, RejectionReason},
};
use model::ImageSize;

/// Defines a function that returns samples of every variant with their words. If a variant is missing, this does not
/// compile.
macro_rules! said {
    ($(#[$doc:meta])* $visible:vis $name:ident -> $kind:ident { $($variant:ident: [$($sample:expr),+ $(,)?]),+ $(,)? }) => {
        $(#[$doc])*
        $visible fn $name() -> Vec<($kind, String)> {
            let _all_are_here = |one: &$kind| match one { $($kind::$variant { .. } => ()),+ };
            let all: Vec<($kind, &str)> = vec![$($($sample),+),+];
            all.into_iter().map(|(value, words)| (value, words.to_owned())).collect()
        }
    };
}

const JOB: JobId = JobId { trial: u32::MAX, arm: Arm::OneShot, round: 7, draw: 2, twin: false };

/// Every refusal with its sentence: those of their own, and each cause within the refusals that it can have.
pub(crate) fn refusals() -> Vec<(Refusal, String)> {
    let mut all = own_refusals();
    let in_file = |error: ReportFileError, words: String| {
        (Refusal::ReportFile { name: "a b.jsonl".into(), error }, format!("a b.jsonl: {words}."))
    };
    all.extend(file_errors().into_iter().map(|(error, words)| in_file(error, words)));
    all.extend(
        head_faults()
            .into_iter()
            .map(|(fault, words)| in_file(ReportFileError::InvalidHead(fault), format!("line 1: {words}"))),
    );
    all.extend(rejected_settings().into_iter().map(|(rejected, words)| {
        in_file(ReportFileError::InvalidHead(HeadFault::Setting(rejected)), format!("line 1: {words}"))
    }));
    let in_line = |fault: LineFault, words: String| {
        let advice = "restore the file, or delete the line so that the job is run again";
        in_file(ReportFileError::InvalidLine { line: 3, fault }, format!("line 3: {words}; {advice}"))
    };
    all.extend(line_faults().into_iter().map(|(fault, words)| in_line(fault, words)));
    for (fault, words) in report_faults() {
        all.push(in_line(LineFault::Contradiction(fault.clone()), words.clone()));
        let advice = "restore the file, or delete the line of that job so that it is run again";
        all.push(in_file(ReportFileError::Contradiction(fault.clone()), format!("{words}; {advice}")));
        let advice =
            "one of the reports is damaged or from another version of the program: run that seed again";
        all.push((Refusal::Merge(MergeError::Contradiction(fault)), format!("{words}; {advice}.")));
    }
    all.extend(merge_errors().into_iter().map(|(error, words)| (Refusal::Merge(error), format!("{words}."))));
    all.extend(data_errors().into_iter().map(|(error, words)| {
        (Refusal::Data { name: "labels.gz".into(), error }, format!("labels.gz: {words}."))
    }));
    all.extend(own_data_errors().into_iter().map(|(error, words)| {
        let fault = OwnDataFault { name: "a b.idx".into(), error };
        (Refusal::OwnData(fault), format!("a b.idx: {words}."))
    }));
    all.extend(network_file_errors().into_iter().map(|(error, words)| {
        (Refusal::NetworkFile { name: "a b.safetensors".into(), error }, format!("a b.safetensors: {words}."))
    }));
    all.extend(job_data_errors().into_iter().map(|(error, words)| {
        (Refusal::JobNotWhole(error), format!("A job did not arrive whole: {words}."))
    }));
    all.extend(message_faults().into_iter().map(|(fault, words)| {
        (Refusal::Unreadable(fault), format!("The page asked for something that cannot be read: {words}."))
    }));
    all
}

said! {
    own_refusals -> Refusal {
        ReportNotWhole: [(Refusal::ReportNotWhole, "The report did not arrive whole: press Export again.")],
        FilesNotWhole: [(Refusal::FilesNotWhole, "The files did not arrive whole: open them again.")],
        ReportFile: [(
            Refusal::ReportFile { name: String::new(), error: ReportFileError::InvalidHead(HeadFault::NoData) },
            ": line 1: it names no data.",
        )],
        Merge: [(
            Refusal::Merge(MergeError::NoReports),
            "there is no report to merge: name at least one file.",
        )],
        NetworksNotWhole: [(
            Refusal::NetworksNotWhole,
            "A question about networks did not arrive whole: ask again.",
        )],
        NetworkImages: [(
            Refusal::NetworkImages { most: 64, pixels: 784 },
            "Ask about 1 to 64 images of 784 pixel values each.",
        )],
        NetworkLabels: [(
            Refusal::NetworkLabels,
            "Give a label for each image, from 0 to below the number of classes.",
        )],
        NoSuchNetwork: [(
            Refusal::NoSuchNetwork(JOB),
            "The network of oneshot round 7 (seed 4294967295, draw 2) is not there: ask again.",
        )],
        NetworkFile: [(
            Refusal::NetworkFile { name: "m.safetensors".into(), error: NetworkFileError::EmptyMask },
            "m.safetensors: the mask leaves no weight.",
        )],
        OwnData: [(
            Refusal::OwnData(OwnDataFault { name: "i.gz".into(), error: OwnDataError::OneClass }),
            "i.gz: all images have the label 0; at least two classes are needed.",
        )],
        NoDataFiles: [(Refusal::NoDataFiles, "The data files did not arrive.")],
        Data: [(
            Refusal::Data { name: "MNIST".into(), error: DataError::NoHeader(0) },
            "MNIST: the file ends within its header, at byte 0.",
        )],
        JobNotWhole: [(
            Refusal::JobNotWhole(JobDataError { job: JOB, what: JobArray::Mask, expected: 0, found: 5 }),
            "A job did not arrive whole: oneshot round 7 (seed 4294967295, draw 2): 0 mask bytes should have come, 5 \
             came.",
        )],
        OtherData: [(
            Refusal::OtherData { job: JOB, needed: "mnist".into(), loaded: "fashion".into() },
            "oneshot round 7 (seed 4294967295, draw 2) is of mnist, and fashion is loaded.",
        )],
        JobNotStarted: [(
            Refusal::JobNotStarted { job: JOB, why: "no shape".into() },
            "oneshot round 7 (seed 4294967295, draw 2) could not start: no shape.",
        )],
        JobFailed: [(
            Refusal::JobFailed { job: JOB, why: "no shape".into() },
            "oneshot round 7 (seed 4294967295, draw 2) failed: no shape.",
        )],
        Unreadable: [(
            Refusal::Unreadable(MessageFault::NoList),
            "The page asked for something that cannot be read: it is not a list; page and worker are not of the same \
             version: reload the page.",
        )],
        Foreign: [
            (Refusal::Foreign("“語𝕏”\n".into()), "“語𝕏”\n"),
            (Refusal::Foreign(String::new()), ""),
        ],
    }
}

said! {
    message_faults -> MessageFault {
        NoList: [(
            MessageFault::NoList,
            "it is not a list; page and worker are not of the same version: reload the page",
        )],
        Unreadable: [(
            MessageFault::Unreadable("no field".into()),
            "no field; page and worker are not of the same version: reload the page",
        )],
        Unwritable: [(
            MessageFault::Unwritable("too large".into()),
            "too large; this is a fault of the program: reload the page",
        )],
    }
}

said! {
    file_errors -> ReportFileError {
        NotAReport: [(
            ReportFileError::NotAReport,
            "this is not a report of Ticket Lab: its first line does not say so; choose a .jsonl file that this program \
             wrote",
        )],
        NewerVersion: [(
            ReportFileError::NewerVersion("3".into()),
            "this is a report of version 3, which a newer version of Ticket Lab has made; this one reads versions 1 to 2: \
             reload the page, or update the program",
        )],
        InvalidHead: [(ReportFileError::InvalidHead(HeadFault::NoSeeds), "line 1: it has no seeds")],
        Contradiction: [(
            ReportFileError::Contradiction(ReportFault::Seconds(JOB)),
            "oneshot round 7 (seed 4294967295, draw 2): seconds is not a number from 0 to a thousand million; restore \
             the file, or delete the line of that job so that it is run again",
        )],
        InvalidLine: [(
            ReportFileError::InvalidLine { line: 4_000_000_000, fault: LineFault::Twice(JOB) },
            "line 4000000000: oneshot round 7 (seed 4294967295, draw 2) is there twice, with other numbers; restore the \
             file, or delete the line so that the job is run again",
        )],
    }
}

said! {
    head_faults -> HeadFault {
        Unreadable: [(HeadFault::Unreadable("EOF".into()), "it cannot be read (EOF)")],
        UnknownSetting: [(
            HeadFault::UnknownSetting("depth".into()),
            "“depth” is not a setting that this version knows: open the file with a newer version of Ticket Lab",
        )],
        Setting: [(
            HeadFault::Setting(RejectedSetting {
                field: "rate".into(),
                value: "2".into(),
                reason: RejectionReason::NotAllowed,
            }),
            "rate=2 was not used: rate must be a number from 0 to below 1.",
        )],
        NoSeeds: [(HeadFault::NoSeeds, "it has no seeds")],
        Seeds: [(HeadFault::Seeds, "seeds must be from one to 1000 different numbers")],
        NoData: [(HeadFault::NoData, "it names no data")],
        OtherData: [(
            HeadFault::OtherData {
                name: "mnist".into(),
                sha256: "01".into(),
                expected_name: "fashion".into(),
                expected_sha256: "23".into(),
            },
            "its images are those of mnist with the SHA-256 01, and its settings name fashion with 23",
        )],
    }
}

/// Every reason for which a setting is refused, with its sentence.
pub(crate) fn rejected_settings() -> Vec<(RejectedSetting, String)> {
    let rejected = |(reason, field, value, words): (RejectionReason, &str, &str, &str)| {
        let (field, value) = (field.to_owned(), value.to_owned());
        (RejectedSetting { field, value, reason }, words.to_owned())
    };
    let _all_are_here = |reason: &RejectionReason| match reason {
        RejectionReason::UnknownSetting
        | RejectionReason::NotAllowed
        | RejectionReason::LastSeedTooLarge(_)
        | RejectionReason::BesideSeeds
        | RejectionReason::BesideNet
        | RejectionReason::OwnWithoutMask
        | RejectionReason::TransferToSameData
        | RejectionReason::TransferToOtherShape
        | RejectionReason::BatchAboveImages(_)
        | RejectionReason::NetBeyondImage(..)
        | RejectionReason::ArmWithoutTransfer
        | RejectionReason::ArmWithoutClaims
        | RejectionReason::RoundsWithoutClaims(_)
        | RejectionReason::TwinsWithoutClaims
        | RejectionReason::FragmentTooLong(_) => (),
    };
    let all = [
        (
            RejectionReason::UnknownSetting,
            "depth",
            "3",
            "There is no setting “depth”; the names of all settings are in the README.",
        ),
        (
            RejectionReason::NotAllowed,
            "rounds",
            "41",
            "rounds=41 was not used: rounds must be a whole number from 0 to 40.",
        ),
        (
            RejectionReason::LastSeedTooLarge(4_294_967_295),
            "trials",
            "2",
            "trials=2 was not used: with the first seed 4294967295 the last one would be above 4294967295.",
        ),
        (
            RejectionReason::BesideSeeds,
            "seed",
            "1",
            "seed=1 was not used: seeds says which seeds the trials have; leave one of the two out.",
        ),
        (
            RejectionReason::BesideNet,
            "hidden",
            "30",
            "hidden=30 was not used: net says what network it is; leave one of the two out.",
        ),
        (
            RejectionReason::OwnWithoutMask,
            "arms",
            "own",
            "The arm own was left out: it needs the file of a mask, as own=HEX; choose one under the settings.",
        ),
        (
            RejectionReason::TransferToSameData,
            "transfer",
            "mnist",
            "transfer=mnist was not used: the ticket is found on that data set already; choose another one for transfer \
             or for data.",
        ),
        (
            RejectionReason::TransferToOtherShape,
            "transfer",
            "fashion",
            "transfer=fashion was not used: its images or its number of classes are not those of data, so that no mask \
             fits both.",
        ),
        (
            RejectionReason::BatchAboveImages(92),
            "batch",
            "100",
            "batch=100 was not used: 92 images are trained on, so that these are a batch.",
        ),
        (
            RejectionReason::NetBeyondImage(4, 6),
            "net",
            "lenet5",
            "net=lenet5 was not used: its convolutions leave nothing of images of 4 × 6 pixels.",
        ),
        (
            RejectionReason::ArmWithoutTransfer,
            "arms",
            "other_ticket,transferred",
            "Left out, as they need another data set, such as transfer=fashion: other_ticket,transferred.",
        ),
        (
            RejectionReason::ArmWithoutClaims,
            "arms",
            "random,late",
            "Left out, as no claim of the paper looks at them, and jobs=claims has nothing else: random,late.",
        ),
        (
            RejectionReason::RoundsWithoutClaims(20),
            "rounds",
            "25",
            "rounds=25 was not used: no claim of the paper looks at a round after 20, and jobs=claims has nothing else.",
        ),
        (
            RejectionReason::TwinsWithoutClaims,
            "twins",
            "1",
            "twins=1 was not used: no claim of the paper looks at twins, and jobs=claims has nothing else.",
        ),
        (
            RejectionReason::FragmentTooLong(20_000),
            "",
            "",
            "The link's settings are 20000 bytes long and were not used: at most 16384 are read.",
        ),
    ];
    all.into_iter().map(rejected).collect()
}

said! {
    line_faults -> LineFault {
        Unreadable: [(LineFault::Unreadable("EOF".into()), "it cannot be read (EOF)")],
        NoSuchJob: [(
            LineFault::NoSuchJob(JOB),
            "oneshot round 7 (seed 4294967295, draw 2) is not a job of this experiment",
        )],
        Contradiction: [(
            LineFault::Contradiction(ReportFault::Digest(JOB)),
            "oneshot round 7 (seed 4294967295, draw 2): its digest is not one of sixteen hexadecimal digits",
        )],
        DeathsNotBase64: [(LineFault::DeathsNotBase64("a #".into()), "its deaths are not base64 (a #)")],
        DeathsDamaged: [(LineFault::DeathsDamaged("end".into()), "its deaths are damaged (end)")],
        DeathsCount: [(LineFault::DeathsCount(266_200), "its deaths are not those of 266200 weights")],
        DeathsRound: [(
            LineFault::DeathsRound { round: 0, last: 3 },
            "its deaths speak of round 0, which is not one from 1 to 3",
        )],
        HalfOfStart: [(
            LineFault::HalfOfStart(JOB),
            "oneshot round 7 (seed 4294967295, draw 2): of validation_start and test_start one is missing",
        )],
        Twice: [(
            LineFault::Twice(JOB),
            "oneshot round 7 (seed 4294967295, draw 2) is there twice, with other numbers",
        )],
    }
}

said! {
    merge_errors -> MergeError {
        NoReports: [(MergeError::NoReports, "there is no report to merge: name at least one file")],
        DifferentSettings: [(
            MergeError::DifferentSettings { field: "batch", one: "60".into(), other: "20".into() },
            "batch is 60 in one report and 20 in another; only the seeds may differ in a merge",
        )],
        DifferentResults: [(
            MergeError::DifferentResults(JOB),
            "oneshot round 7 (seed 4294967295, draw 2) has different numbers in two reports: one of them is from another \
             version of the program; run that seed again",
        )],
        TooManySeeds: [(
            MergeError::TooManySeeds,
            "together the reports have more than 1000 seeds; merge fewer of them",
        )],
        Contradiction: [(
            MergeError::Contradiction(ReportFault::DifferentMasks { trial: 1, arm: Arm::Ticket }),
            "seed 1, ticket: its masks are not the same everywhere; one of the reports is damaged or from another \
             version of the program: run that seed again",
        )],
    }
}

said! {
    report_faults -> ReportFault {
        ImageCount: [(
            ReportFault::ImageCount { job: JOB, reading: "test_end", found: 0, expected: 10_000 },
            "oneshot round 7 (seed 4294967295, draw 2): the images of test_end are 0 in number, not 10000",
        )],
        TooManyCorrect: [(
            ReportFault::TooManyCorrect { job: JOB, reading: "curve", correct: 9, total: 5 },
            "oneshot round 7 (seed 4294967295, draw 2): curve has 9 of 5 images right",
        )],
        TooManySurvivors: [(
            ReportFault::TooManySurvivors { job: JOB, found: vec![], weights: vec![2352, 6, 20] },
            "oneshot round 7 (seed 4294967295, draw 2): alive is [], and its layers have [2352, 6, 20] weights",
        )],
        Survivors: [(
            ReportFault::Survivors { job: JOB, found: vec![1, u32::MAX], expected: vec![1, 2] },
            "oneshot round 7 (seed 4294967295, draw 2): alive is [1, 4294967295], and [1, 2] weights are left in its \
             layers",
        )],
        SurvivorSum: [(
            ReportFault::SurvivorSum { job: JOB, found: vec![1, 2], expected: 4 },
            "oneshot round 7 (seed 4294967295, draw 2): alive is [1, 2], and 4 weights are left in all its layers \
             together",
        )],
        CurvePoints: [(
            ReportFault::CurvePoints(JOB),
            "oneshot round 7 (seed 4294967295, draw 2): its curve is not that of its validation passes",
        )],
        Loss: [(
            ReportFault::Loss { job: JOB, iteration: 100 },
            "oneshot round 7 (seed 4294967295, draw 2): the loss at iteration 100 is not a number from 0 on",
        )],
        EarlyStop: [(
            ReportFault::EarlyStop { job: JOB, found: 2, expected: 4 },
            "oneshot round 7 (seed 4294967295, draw 2): early_stop is 2, and the smallest loss of its curve is first at \
             4",
        )],
        Interpolated: [(
            ReportFault::Interpolated(JOB),
            "oneshot round 7 (seed 4294967295, draw 2): its readings between the twins are not eleven from what its sibling \
             reads to what it reads itself",
        )],
        EarlyIsEnd: [(
            ReportFault::EarlyIsEnd(JOB),
            "oneshot round 7 (seed 4294967295, draw 2): it stops at its last iteration, but its readings there and at \
             the end differ",
        )],
        Iterations: [(
            ReportFault::Iterations { job: JOB, found: 5, expected: 6 },
            "oneshot round 7 (seed 4294967295, draw 2): iterations is 5, not 6",
        )],
        Batch: [(
            ReportFault::Batch { job: JOB, found: 5, expected: 6 },
            "oneshot round 7 (seed 4294967295, draw 2): batch is 5, not 6",
        )],
        Seconds: [(
            ReportFault::Seconds(JOB),
            "oneshot round 7 (seed 4294967295, draw 2): seconds is not a number from 0 to a thousand million",
        )],
        Digest: [(
            ReportFault::Digest(JOB),
            "oneshot round 7 (seed 4294967295, draw 2): its digest is not one of sixteen hexadecimal digits",
        )],
        DerivedNumber: [(
            ReportFault::DerivedNumber { job: JOB, field: "weights" },
            "oneshot round 7 (seed 4294967295, draw 2): weights contradicts the numbers that it follows from",
        )],
        NoSuchMask: [(
            ReportFault::NoSuchMask { trial: 0, arm: Arm::NoRewind, round: 9 },
            "seed 0, norewind: there are masks up to round 9, and the experiment has none there",
        )],
        MaskCounts: [(
            ReportFault::MaskCounts { trial: 1, arm: Arm::Late, round: 2, found: vec![3, 4], expected: 8 },
            "seed 1, late: the mask of round 2 leaves [3, 4] weights in the layers, and the settings leave 8 in all",
        )],
        DifferentMasks: [(
            ReportFault::DifferentMasks { trial: 1, arm: Arm::Ticket },
            "seed 1, ticket: its masks are not the same everywhere",
        )],
    }
}

said! {
    data_errors -> DataError {
        Gzip: [(DataError::Gzip("end".into()), "the compressed file is corrupt or cut short (end)")],
        NoHeader: [(DataError::NoHeader(3), "the file ends within its header, at byte 3")],
        Magic: [
            (
                DataError::Magic { expected: DataFileContents::Images, found: 0x801 },
                "the file is not an IDX file of images: it begins with 0x00000801",
            ),
            (
                DataError::Magic { expected: DataFileContents::Labels, found: u32::MAX },
                "the file is not an IDX file of labels: it begins with 0xffffffff",
            ),
        ],
        Dimensions: [(
            DataError::Dimensions { found: (28, 27), expected: (28, 28) },
            "the images are 28 × 27 pixels, not 28 × 28",
        )],
        TooLarge: [(
            DataError::TooLarge(48_088_592),
            "the file holds more than 48088592 bytes when it is unpacked, which no file of this data set does",
        )],
        Length: [(
            // The largest that a header can promise.
            DataError::Length { promised: 16 + u32::MAX as u64 * 784, found: 16 },
            "the header promises another size than the file has, in bytes: 3367254359296, not 16",
        )],
        Label: [(
            DataError::Label { index: 7, label: 10, largest: 9 },
            "label 7 is 10, not one from 0 to 9",
        )],
        Count: [(
            DataError::Count { images: 1, labels: 2, expected: 60_000 },
            "the number of images is 1 and that of labels 2; 60000 of each are needed",
        )],
        OtherImages: [(
            DataError::OtherImages { found: "01".into(), expected: "23".into() },
            "the files have the SHA-256 01, and those of the data set have 23",
        )],
    }
}

said! {
    own_data_errors -> OwnDataError {
        Damaged: [(
            OwnDataError::Damaged(DataError::Label { index: 5, label: 100, largest: 99 }),
            "label 5 is 100, not one from 0 to 99",
        )],
        TooLarge: [(
            OwnDataError::TooLarge { most: 200_000_000 },
            "the files hold more than 200000000 bytes when they are unpacked, and more are not read; use fewer or \
             smaller images",
        )],
        UnknownFormat: [(
            OwnDataError::UnknownFormat { bytes: 4 },
            "with 4 bytes it is neither an IDX file (its first bytes are 0, 0 and 8) nor a binary batch of CIFAR-10 \
             (3073 bytes an image)",
        )],
        ValueKind: [(
            OwnDataError::ValueKind { kind: 13 },
            "its numbers are of the kind 0x0d, and only unsigned bytes (0x08) are read",
        )],
        DimensionCount: [(
            OwnDataError::DimensionCount { found: 2 },
            "it has 2 dimensions; labels have 1, images 3, or 4 with their channels",
        )],
        ImageSize: [(
            OwnDataError::ImageSize { found: (65, 1), most: 64 },
            "its images have 65 × 1 pixels; from 1 × 1 to 64 × 64 are read",
        )],
        Channels: [(
            OwnDataError::Channels { found: (2, 4) },
            "of its four dimensions neither the second (2) nor the last (4) is 1 or 3, as that of the channels would be",
        )],
        OtherSize: [(
            OwnDataError::OtherSize {
                found: ImageSize { channels: 3, height: 32, width: 30 },
                other: "i".into(),
                expected: ImageSize::MNIST,
            },
            "its images have 32 × 30 × 3 values (rows, columns, channels), and those in i have 28 × 28 × 1",
        )],
        SecondFile: [(
            OwnDataError::SecondFile { other: "a.gz".into() },
            "by their names it and a.gz are the same part of the data set; give the test files, and only these, a name \
             with “test” or “t10k”",
        )],
        NoPartner: [(
            OwnDataError::NoPartner,
            "images need a file of labels, and labels one of images: choose both together",
        )],
        Counts: [(
            OwnDataError::Counts { labels: 199, other: "i".into(), images: 200 },
            "it has 199 labels, and i has 200 images",
        )],
        TwoFormats: [(
            OwnDataError::TwoFormats { other: "i".into() },
            "it is a binary batch of CIFAR-10, and i is an IDX file; use files of one format",
        )],
        TooFewImages: [(
            OwnDataError::TooFewImages { found: (86, 14), least: (100, 10) },
            "there are 86 images for training and validation and 14 for the test; at least 100 and 10 are needed",
        )],
        OneClass: [(OwnDataError::OneClass, "all images have the label 0; at least two classes are needed")],
        OtherData: [(
            OwnDataError::OtherData { found: "01".into(), expected: "23".into() },
            "the data set of these files has the SHA-256 01, and the settings ask for 23",
        )],
        OtherShape: [(
            OwnDataError::OtherShape { found: "01.2x2x1.4.200.20".into() },
            "the settings name this data set with another shape; its name is 01.2x2x1.4.200.20",
        )],
    }
}

said! {
    network_file_errors -> NetworkFileError {
        TooLarge: [(
            NetworkFileError::TooLarge { bytes: 64_000_001, most: 64_000_000 },
            "the file has 64000001 bytes, and at most 64000000 are read",
        )],
        NotSafetensors: [(
            NetworkFileError::NotSafetensors("header too small".into()),
            "this is not a safetensors file (header too small)",
        )],
        OtherFile: [(
            NetworkFileError::OtherFile { expected: FileHash([0xab; 32]), found: FileHash([1; 32]) },
            "the SHA-256 begins with 01010101, and the settings ask for the file with abababab",
        )],
        NoLayers: [(
            NetworkFileError::NoLayers { exported: "mask.0.weight".into(), plain: "0.weight".into() },
            "there are no weights in it: neither mask.0.weight nor 0.weight",
        )],
        LayerCount: [(
            NetworkFileError::LayerCount { expected: 3, found: 1 },
            "its number of layers with weights is 1, and that of the network is 3",
        )],
        Shape: [(
            NetworkFileError::Shape {
                tensor: "first.1.weight".into(),
                layer: 1,
                expected: vec![100, 300],
                found: vec![10, 300],
            },
            "layer 1: first.1.weight should have the shape [100, 300] and has [10, 300]",
        )],
        Kind: [(
            NetworkFileError::Kind { tensor: "0.weight".into(), kind: "C64".into() },
            "0.weight has numbers of the kind C64, which is not read",
        )],
        NotFinite: [(
            NetworkFileError::NotFinite { tensor: "0.bias".into(), index: 0 },
            "0.bias has a number that is not finite, at index 0",
        )],
        NotAMask: [(
            NetworkFileError::NotAMask { tensor: "0.weight".into(), index: 7 },
            "0.weight has a number that is neither 0 nor 1, at index 7: it is no mask",
        )],
        EmptyMask: [(NetworkFileError::EmptyMask, "the mask leaves no weight")],
        OtherWeights: [(
            NetworkFileError::OtherWeights { expected: 2, found: 1 },
            "the number of weights that the mask leaves is 1, and the settings say 2",
        )],
    }
}

fn job_data_errors() -> Vec<(JobDataError, String)> {
    let all = [
        (JobArray::Mask, "mask bytes"),
        (JobArray::Parameters, "parameters"),
        (JobArray::FirstParameters, "first parameters of a file"),
        (JobArray::SiblingParameters, "final parameters of its sibling"),
        (JobArray::RewindParameters, "rewinding parameters"),
        (JobArray::FinalParameters, "final parameters"),
    ];
    let _all_are_here = |array: JobArray| match array {
        JobArray::Mask
        | JobArray::Parameters
        | JobArray::FirstParameters
        | JobArray::SiblingParameters
        | JobArray::RewindParameters
        | JobArray::FinalParameters => (),
    };
    let said = |(what, words)| {
        let job = "oneshot round 7 (seed 4294967295, draw 2)";
        let words = format!("{job}: 266200 {words} should have come, 0 came");
        (JobDataError { job: JOB, what, expected: 266_200, found: 0 }, words)
    };
    all.into_iter().map(said).collect()
}
