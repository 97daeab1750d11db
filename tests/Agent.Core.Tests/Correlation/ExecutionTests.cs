using System.Runtime.InteropServices;
using System.Text;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Protocol.Recording;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Tests.Correlation;

public sealed class ExecutionTests : IExecutionObserver, IEventSink<RecordedEvent>
{
    private readonly List<(uint Execution, ulong Process, int Pid)> opened = [];
    private readonly List<(uint Execution, string Environment, bool IsWhole, bool IsHeld)> begun = [];
    private readonly JobCorrelator correlator;

    public ExecutionTests() => correlator = new JobCorrelator(this);

    [Fact]
    public void A_fork_of_the_worker_opens_an_execution_and_one_of_its_children_does_not()
    {
        Main(Forked(5, pid: 77, execution: 3, ForkMarks.OpensExecution), Forked(6, pid: 78, execution: 3, ForkMarks.None));
        Assert.Equal([(3u, 5ul, 77)], opened);
    }

    [Fact]
    public void Pieces_are_put_together_also_when_those_of_several_executions_are_mixed()
    {
        var first = Text(WireLimits.EnvironmentPiece + 10, 'a');
        var other = Text(WireLimits.EnvironmentPiece * 2, 'b');
        Alert(Piece(1, first, 0), Piece(2, other, 0, held: true), Piece(1, first, 1), Piece(2, other, 1, held: true));
        Assert.Equal([(1u, first, true, false), (2u, other, true, true)], begun);
    }

    [Fact]
    public void A_piece_that_is_missing_or_unreadable_is_said()
    {
        var text = Text(WireLimits.EnvironmentPiece * 3, 'x');
        Alert(Piece(1, text, 0), Piece(1, text, 2));
        Assert.Equal((1u, false), (begun.Single().Execution, begun.Single().IsWhole));

        begun.Clear();
        Alert(Piece(4, text, 0, readable: false));
        Assert.False(begun.Single().IsWhole);
    }

    [Fact]
    public void What_is_longer_than_the_bound_is_not_whole()
    {
        var text = Text(WireLimits.EnvironmentBytes, 'y');
        for (var i = 0; i < WireLimits.EnvironmentBytes / WireLimits.EnvironmentPiece; i++)
        {
            Alert(Piece(1, text, i, total: WireLimits.EnvironmentBytes + 1));
        }

        Assert.Equal((text.Length, false), (begun.Single().Environment.Length, begun.Single().IsWhole));
    }

    [Fact]
    public void An_execution_without_an_environment_is_told_too()
    {
        Alert(Piece(1, "", 0));
        Assert.Equal((1u, "", true, false), begun.Single());
    }

    [Fact]
    public void Unfinished_ones_are_bounded()
    {
        var text = Text(WireLimits.EnvironmentPiece * 2, 'z');
        for (var i = 1u; i <= 1000; i++)
        {
            Alert(Piece(i, text, 0));
        }

        Alert(Piece(1, text, 1), Piece(1000, text, 1));
        Assert.False(begun.Single(one => one.Execution == 1).IsWhole);
        Assert.True(begun.Single(one => one.Execution == 1000).IsWhole);
    }

    public void Opened(uint execution, ulong process, int pid, long bootTimeNs) => opened.Add((execution, process, pid));

    public void Began(uint execution, ReadOnlySpan<byte> environment, bool isWhole, bool isHeld, long bootTimeNs) =>
        begun.Add((execution, Encoding.ASCII.GetString(environment), isWhole, isHeld));

    public void Accept(RecordedEvent value)
    {
    }

    private static string Text(int length, char c) => new(c, length);

    private static byte[] Forked(ulong process, uint pid, uint execution, ForkMarks marks)
    {
        var record = RecordBytes.Forked(process, parent: 2, pid: pid, execution: execution);
        MemoryMarshal.AsRef<ProcessForkedRecord>(record.AsSpan()).Flags = marks;
        return record;
    }

    private static byte[] Piece(uint execution, string text, int index, bool held = false, bool readable = true, int? total = null)
    {
        var size = Marshal.SizeOf<EnvironmentRecord>();
        var position = index * WireLimits.EnvironmentPiece;
        var data = readable ? Encoding.ASCII.GetBytes(text[position..Math.Min(text.Length, position + WireLimits.EnvironmentPiece)]) : [];
        var record = new EnvironmentRecord
        {
            Header = new RecordHeader
            {
                Type = RecordType.Environment, Version = WireLimits.WireVersion, Length = (uint)(size + data.Length), BootNs = 1, Process = 9,
            },
            Execution = execution,
            Total = (uint)(total ?? text.Length),
            Position = (uint)position,
            Held = held ? 1u : 0u,
            DataOffset = (ushort)size,
            DataLength = (ushort)data.Length,
        };
        var bytes = new byte[size + data.Length];
        MemoryMarshal.Write(bytes, record);
        data.CopyTo(bytes, size);
        return bytes;
    }

    private void Main(params byte[][] records) =>
        Array.ForEach(records, record => Assert.True(correlator.Accept(RecordRing.Events, record, this)));

    private void Alert(params byte[][] records) =>
        Array.ForEach(records, record => Assert.True(correlator.Accept(RecordRing.Alerts, record, this)));
}
