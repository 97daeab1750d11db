using System.Collections.Immutable;
using System.Text;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Detection;
using Sallyport.Policy;
using Sallyport.Policy.Reading;
using Sallyport.Protocol.Recording;
using Xunit;

namespace Sallyport.Agent.Core.Tests.Detection;

/// <summary>Every kind of finding takes each word that a policy may say of it, and means the same by it.</summary>
public sealed class DetectionActionsTests
{
    public static TheoryData<string> Ids => [.. FindingCatalogue.All.Select(kind => kind.Id)];

    [Fact]
    public void The_policy_knows_the_catalogue_and_what_can_be_prevented()
    {
        Assert.Equal(
            FindingCatalogue.All.Select(kind => kind.Id).Order(StringComparer.Ordinal), KnownDetections.All.Order(StringComparer.Ordinal));
        Assert.All(FindingCatalogue.All, kind => Assert.Equal(kind.CanBlock, KnownDetections.CanBlock(kind.Id)));
        Assert.All(FindingCatalogue.All, kind => Assert.True(kind.CanBlock || !kind.IsBlockedByDefault));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Off_tells_nothing_and_report_fails_nothing(string id)
    {
        Assert.False(IsTold(Actions(id, "off"), id));
        Assert.True(IsTold(Actions(id, "report"), id));
        Assert.True(IsTold(DetectionActions.Default, id));
        Assert.False(Actions(id, "report").Fails(id, isBlocked: false));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Fail_fails_the_job_and_block_does_where_it_was_not_prevented(string id)
    {
        Assert.True(IsTold(Actions(id, "fail"), id));
        Assert.True(Actions(id, "fail").Fails(id, isBlocked: false));
        PolicyReading blocking = Read(id, "block");
        if (!FindingCatalogue.Find(id)!.CanBlock)
        {
            Assert.Contains($"{id} is told and cannot be prevented; accepted: off, report, fail", Assert.Single(blocking.Mistakes).ToString(), StringComparison.Ordinal);
            return;
        }

        var actions = new DetectionActions(isBlock: false, blocking.Document!.Detections);
        Assert.Equal(DetectionAction.Block, actions.Of(FindingCatalogue.Find(id)!));
        Assert.True(IsTold(actions, id));
        Assert.True(actions.Fails(id, isBlocked: false));
        Assert.False(actions.Fails(id, isBlocked: true));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void In_block_mode_without_a_word_about_it_what_is_marked_so_is_prevented(string id)
    {
        var actions = new DetectionActions(isBlock: true, ImmutableSortedDictionary<string, DetectionAction>.Empty);
        var kind = FindingCatalogue.Find(id)!;
        Assert.Equal(kind.IsBlockedByDefault ? DetectionAction.Block : DetectionAction.Report, actions.Of(kind));
        Assert.False(actions.Fails(id, isBlocked: false));
    }

    private static DetectionActions Actions(string id, string action) => new(isBlock: false, Read(id, action).Document!.Detections);

    private static PolicyReading Read(string id, string action) => PolicyReader.Read(
        PolicySource.File("p.yml", Encoding.UTF8.GetBytes($"version: 1\ndetections: {{ {id}: {action} }}\n")));

    private static bool IsTold(DetectionActions actions, string id)
    {
        var sink = new Told();
        new WantedFindings { Actions = actions, Sink = sink }.Accept(
            Finding.Of(FindingCatalogue.Find(id)!, new StepEnded("s1", "success") { BootTimeNs = 1 }, null, null, isBlocked: false));
        return sink.Count == 1;
    }

    private sealed class Told : IEventSink<RecordedEvent>
    {
        public int Count { get; private set; }

        public void Accept(RecordedEvent value) => Count++;
    }
}
