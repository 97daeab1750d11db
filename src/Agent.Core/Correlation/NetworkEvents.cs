using System.Runtime.InteropServices;
using System.Text;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Protocol.Recording;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>Flows and the names that they said.</summary>
internal sealed class NetworkEvents(JobTables tables)
{
    /// <summary>The one reason that is not the kernel's: block mode refuses it without a word.</summary>
    private const string NameService = "name-service";

    public void Judged(in ConnectionEvent value, IEventSink<RecordedEvent> sink)
    {
        ref readonly var record = ref value.Fixed;
        var process = record.Header.Process;
        var container = tables.ContainerOf(record.Cgroup, process);
        var address = Key(in record.Address);
        var name = tables.Names.Find(
            address, tables.Connections.Presented(record.Cookie), process, container, record.Header.BootNs);
        var port = KernelWords.HasPorts(record.Protocol) ? record.Port : (ushort)0;
        var key = new ConnectionKey(
            process, record.Cgroup, address, name, port, record.Protocol, record.Verdict, record.Reason, record.Hook,
            record.Rule);
        var line = tables.Connections.Judge(
            in key, tables.Processes.Find(process), record.Cookie, record.Count, record.Header.BootNs);
        if (line is null)
        {
            return;
        }

        var judged = new ConnectionJudged(
            ConnectionBook.Id(record.Cookie),
            KernelWords.Protocol(record.Protocol),
            tables.AddressTexts.Text(record.Address),
            port,
            name,
            KernelWords.Of(record.Verdict),
            KernelWords.Rule(record.Rule),
            KernelWords.Of(record.Reason),
            KernelWords.Of(record.Hook),
            tables.Processes.IdOf(process),
            tables.Steps.Find(record.Execution),
            container,
            record.Count)
        { BootTimeNs = (long)record.Header.BootNs, Execution = record.Execution };
        line.First ??= judged;
        sink.Accept(judged);
    }

    /// <summary>A daemon of the machine that was there before the job: a row like that of any other destination.</summary>
    public void Asked(in DaemonAskedEvent value, IEventSink<RecordedEvent> sink)
    {
        ref readonly var record = ref value.Fixed;
        if (!value.IsHelper)
        {
            return;
        }

        // An abstract name (unix(7)) is written as ss(8) does.
        var process = record.Header.Process;
        var entry = tables.Processes.Find(process);
        var path = value.Path is [0, .. var name] ? $"@{Encoding.UTF8.GetString(name)}" : Encoding.UTF8.GetString(value.Path);
        sink.Accept(new ConnectionJudged(
            ConnectionBook.Id(0),
            "unix",
            path,
            0,
            null,
            record.Kind == DaemonKind.RefusedHelper ? RecordedVerdict.Refused : RecordedVerdict.Observed,
            null,
            record.Kind == DaemonKind.Names ? NameService : KernelWords.Of(KernelReason.Helper),
            KernelWords.Of(KernelHook.Connect),
            tables.Processes.IdOf(process),
            tables.Steps.Find(entry?.Execution ?? 0),
            entry?.Container,
            1)
        { BootTimeNs = (long)record.Header.BootNs, Execution = entry?.Execution ?? 0 });
    }

    public void Closed(in ConnectionClosedEvent value, IEventSink<RecordedEvent> sink)
    {
        ref readonly var record = ref value.Fixed;
        if (tables.Connections.Close(record.Cookie, record.BytesOut, record.BytesIn, record.Header.BootNs))
        {
            sink.Accept(new ConnectionClosed(
                ConnectionBook.Id(record.Cookie), (long)record.BytesOut, (long)record.BytesIn)
            { BootTimeNs = (long)record.Header.BootNs });
        }
    }

    public void Named(in FlowNamedEvent value, IEventSink<RecordedEvent> sink)
    {
        ref readonly var record = ref value.Fixed;
        if (record.Source == 0 && record.Reason is not (KernelReason.NoName or KernelReason.NameMalformed)
            && !tables.Connections.IsTold(record.Cookie))
        {
            return; // said none, which decided nothing; the flow itself is counted with others
        }

        var process = record.Header.Process;
        var container = tables.ContainerOf(record.Cgroup, process);
        var address = tables.AddressTexts.Text(record.Address);
        var presented = AddressLiteral.Shown(value.Name, tables.NameTexts.Text(value.Name), address);
        if (presented.Length > 0)
        {
            tables.Connections.Present(record.Cookie, presented);
        }

        sink.Accept(new FlowNamed(
            ConnectionBook.Id(record.Cookie),
            KernelWords.Of(record.Source),
            presented,
            tables.Names.Find(Key(in record.Address), presented, process, container, record.Header.BootNs),
            address,
            record.Port,
            KernelWords.Of(record.Verdict),
            KernelWords.Rule(record.Rule),
            KernelWords.Of(record.Reason),
            tables.Processes.IdOf(process),
            tables.Steps.Find(record.Execution),
            container)
        {
            AskedPort = record.AskedPort == 0 ? null : record.AskedPort,
            BootTimeNs = (long)record.Header.BootNs,
            Execution = record.Execution,
        });
    }

    public void Asked(in NameAskedEvent value, IEventSink<RecordedEvent> sink)
    {
        ref readonly var record = ref value.Fixed;
        var process = record.Header.Process;
        var container = tables.ContainerOf(record.Cgroup, process);
        var name = tables.NameTexts.Text(value.Name);
        tables.Names.Asked(process, container, name);
        sink.Accept(new NameAsked(
            name,
            QuestionTypeText.Of(record.QuestionType),
            tables.AddressTexts.Text(record.Resolver),
            KernelWords.Protocol(record.Transport),
            KernelWords.Of(record.Verdict),
            KernelWords.Rule(record.Rule),
            KernelWords.Of(record.Reason),
            tables.Processes.IdOf(process),
            tables.Steps.Find(record.Execution),
            container)
        { BootTimeNs = (long)record.Header.BootNs, Execution = record.Execution });
    }

    public void Leased(in NameLeasedEvent value, IEventSink<RecordedEvent> sink)
    {
        ref readonly var record = ref value.Fixed;
        var name = tables.NameTexts.Text(value.Name);
        var addresses = new string[value.Addresses.Length];
        for (var i = 0; i < addresses.Length; i++)
        {
            ref readonly var address = ref value.Addresses[i];
            tables.Names.Leased(Key(in address), name, record.Header.BootNs);
            addresses[i] = tables.AddressTexts.Text(address);
        }

        sink.Accept(new NameResolved(
            name,
            ImmutableCollectionsMarshal.AsImmutableArray(addresses),
            record.RefusedCount,
            record.TtlSeconds)
        { BootTimeNs = (long)record.Header.BootNs });
    }

    private static UInt128 Key(in AddressBytes address) => MemoryMarshal.Read<UInt128>(address);
}
