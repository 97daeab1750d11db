using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Tests;

/// <summary>Records as the kernel would write them.</summary>
internal static class RecordBytes
{
    public const string ContainerId = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    public static byte[] Forked(
        ulong process, ulong parent = 0, uint pid = 100, uint execution = 0, ulong cgroup = 1, ulong bootNs = 1) =>
        Write(new ProcessForkedRecord
        {
            Header = Header(RecordType.ProcessForked, process, bootNs),
            Parent = parent,
            Pid = pid,
            Execution = execution,
            Cgroup = cgroup,
        });

    public static byte[] Executed(
        ulong process,
        string exe = "/usr/bin/make",
        string cwd = "/src",
        string argv = "make\0test\0",
        ulong cgroup = 1,
        ExecMarks marks = ExecMarks.None,
        uint? argvTotal = null)
    {
        var (exeBytes, cwdBytes, argvBytes) = (Bytes(exe), Bytes(cwd), Bytes(argv));
        var start = Marshal.SizeOf<ProcessExecutedRecord>();
        return Write(
            new ProcessExecutedRecord
            {
                Header = Header(RecordType.ProcessExecuted, process),
                Cgroup = cgroup,
                Pid = 100,
                Uid = 1000,
                Flags = marks,
                ArgvTotal = argvTotal ?? (uint)argvBytes.Length,
                ExeOffset = (ushort)start,
                ExeLength = (ushort)exeBytes.Length,
                CwdOffset = (ushort)(start + exeBytes.Length),
                CwdLength = (ushort)cwdBytes.Length,
                ArgvOffset = (ushort)(start + exeBytes.Length + cwdBytes.Length),
                ArgvLength = (ushort)argvBytes.Length,
            },
            exeBytes,
            cwdBytes,
            argvBytes);
    }

    public static byte[] Exited(ulong process, uint status = 0) =>
        Write(new ProcessExitedRecord { Header = Header(RecordType.ProcessExited, process), Status = status });

    public static byte[] Connection(
        ulong process = 1,
        ulong cookie = 1,
        string address = "198.51.100.7",
        ushort port = 443,
        KernelVerdict verdict = KernelVerdict.Allowed,
        KernelReason reason = KernelReason.Rule,
        ushort rule = 3,
        byte protocol = 6,
        ulong cgroup = 1,
        uint execution = 0,
        uint count = 1,
        ulong bootNs = 1,
        KernelHook hook = KernelHook.Connect)
    {
        var record = new ConnectionRecord
        {
            Header = Header(RecordType.Connection, process, bootNs),
            Cookie = cookie,
            Cgroup = cgroup,
            Port = port,
            Protocol = protocol,
            Verdict = verdict,
            Reason = reason,
            Hook = hook,
            Rule = rule,
            Execution = execution,
            Count = count,
        };
        Address(address).CopyTo(record.Address);
        return Write(record);
    }

    public static byte[] Closed(ulong cookie, ulong bytesOut, ulong bytesIn, ulong bootNs = 1) =>
        Write(new ConnectionClosedRecord
        {
            Header = Header(RecordType.ConnectionClosed, 1, bootNs),
            Cookie = cookie,
            BytesOut = bytesOut,
            BytesIn = bytesIn,
        });

    public static byte[] Asked(
        string name,
        ulong process = 1,
        ushort type = 1,
        KernelVerdict verdict = KernelVerdict.Allowed,
        ulong cgroup = 1,
        ushort transport = 17)
    {
        var bytes = Bytes(name);
        var record = new NameAskedRecord
        {
            Header = Header(RecordType.NameAsked, process),
            Cgroup = cgroup,
            QuestionType = type,
            Verdict = verdict,
            Reason = KernelReason.Rule,
            Rule = WireLimits.NoRule,
            Transport = transport,
            NameOffset = (ushort)Marshal.SizeOf<NameAskedRecord>(),
            NameLength = (ushort)bytes.Length,
        };
        Address("198.51.100.53").CopyTo(record.Resolver);
        return Write(record, bytes);
    }

    public static byte[] Leased(string name, params string[] addresses) => LeasedAt(1, name, addresses);

    public static byte[] LeasedAt(ulong bootNs, string name, params string[] addresses)
    {
        var bytes = Bytes(name);
        var start = Marshal.SizeOf<NameLeasedRecord>();
        return Write(
            new NameLeasedRecord
            {
                Header = Header(RecordType.NameLeased, 0, bootNs),
                AddressOffset = (ushort)start,
                AddressCount = (ushort)addresses.Length,
                NameOffset = (ushort)(start + (addresses.Length * AddressBytes.Length)),
                NameLength = (ushort)bytes.Length,
                RefusedCount = 2,
                TtlSeconds = 60,
            },
            [.. addresses.SelectMany(Address)],
            bytes);
    }

    public static byte[] Named(
        string name,
        ulong cookie = 1,
        string address = "198.51.100.7",
        NameSource source = NameSource.Sni,
        KernelVerdict verdict = KernelVerdict.Allowed,
        ulong process = 1,
        KernelReason reason = KernelReason.Name,
        ushort askedPort = 0)
    {
        var bytes = Bytes(name);
        var record = new FlowNamedRecord
        {
            Header = Header(RecordType.FlowNamed, process),
            Cookie = cookie,
            Port = 443,
            Source = source,
            Verdict = verdict,
            Reason = reason,
            Rule = WireLimits.NoRule,
            NameOffset = (ushort)Marshal.SizeOf<FlowNamedRecord>(),
            NameLength = (ushort)bytes.Length,
            AskedPort = askedPort,
        };
        Address(address).CopyTo(record.Address);
        return Write(record, bytes);
    }

    public static byte[] Container(
        ulong cgroup, string id = ContainerId, uint execution = 0, ContainerMarks marks = ContainerMarks.Inferred) =>
        Write(
            new ContainerCreatedRecord
            {
                Header = Header(RecordType.ContainerCreated, 0),
                Cgroup = cgroup,
                Execution = execution,
                IdOffset = (ushort)Marshal.SizeOf<ContainerCreatedRecord>(),
                IdLength = (ushort)id.Length,
                Flags = marks,
            },
            Bytes(id));

    public static byte[] Daemon(ulong process, string path = "/run/docker.sock", DaemonKind kind = DaemonKind.Runtime) =>
        Write(
            new DaemonAskedRecord
            {
                Header = Header(RecordType.DaemonAsked, process),
                PathOffset = (ushort)Marshal.SizeOf<DaemonAskedRecord>(),
                PathLength = (ushort)path.Length,
                Kind = kind,
            },
            Bytes(path));

    public static byte[] Environment(uint execution, string text) =>
        Write(
            new EnvironmentRecord
            {
                Header = Header(RecordType.Environment, 1),
                Execution = execution,
                Total = (uint)text.Length,
                DataOffset = (ushort)Marshal.SizeOf<EnvironmentRecord>(),
                DataLength = (ushort)text.Length,
            },
            Bytes(text));

    public static byte[] Changed(ulong process, ChangeSource source, byte[] data, uint pid = 100, uint? total = null) =>
        Write(
            new MachineChangedRecord
            {
                Header = Header(RecordType.MachineChanged, process),
                Pid = pid,
                Source = source,
                Total = total ?? (uint)data.Length,
                DataOffset = (ushort)Marshal.SizeOf<MachineChangedRecord>(),
                DataLength = (ushort)data.Length,
            },
            data);

    public static byte[] Intrusion(
        ulong process, IntrusionCall call, IntrusionTarget of = IntrusionTarget.OfWorker, ulong target = 9, byte blocked = 0) =>
        Write(new IntrusionRecord
        {
            Header = Header(RecordType.Intrusion, process),
            Target = target,
            TargetPid = 90,
            Count = 1,
            Call = call,
            TargetKind = of,
            Blocked = blocked,
        });

    /// <summary>One good record of each type.</summary>
    public static IReadOnlyList<byte[]> OneOfEach() =>
    [
        Forked(1), Executed(1), Exited(1), Connection(), Closed(1, 10, 20), Asked("example.com"),
        Leased("example.com", "198.51.100.7", "2001:db8::7"), Named("example.com"), Container(5), Daemon(1),
        Environment(1, "A=1\0"),
        Changed(1, ChangeSource.File, Bytes("/etc/hosts\0")), Intrusion(1, IntrusionCall.MemoryOpened),
    ];

    /// <summary>Latin-1, so that a test can write any byte.</summary>
    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static byte[] Address(string text) => IPAddress.Parse(text).MapToIPv6().GetAddressBytes();

    private static RecordHeader Header(RecordType type, ulong process, ulong bootNs = 1) =>
        new() { Type = type, Version = WireLimits.WireVersion, BootNs = bootNs, Sequence = 1, Process = process };

    private static byte[] Write<TRecord>(TRecord record, params byte[][] fields)
        where TRecord : unmanaged
    {
        var size = Marshal.SizeOf<TRecord>();
        var bytes = new byte[size + fields.Sum(field => field.Length)];
        MemoryMarshal.Write(bytes, in record);
        var at = size;
        foreach (var field in fields)
        {
            field.CopyTo(bytes, at);
            at += field.Length;
        }

        var length = (uint)bytes.Length;
        MemoryMarshal.Write(bytes.AsSpan((int)Marshal.OffsetOf<RecordHeader>(nameof(RecordHeader.Length))), in length);
        return bytes;
    }
}
