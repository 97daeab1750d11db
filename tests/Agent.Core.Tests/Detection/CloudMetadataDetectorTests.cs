using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Detection;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Tests.Detection;

public sealed class CloudMetadataDetectorTests : IEventSink<RecordedEvent>
{
    private readonly List<FindingRaised> found = [];

    [Theory]
    [InlineData("169.254.169.254", "instance metadata")]
    [InlineData("fd00:ec2::254", "instance metadata (AWS)")]
    [InlineData("fd20:ce::254", "instance metadata (Google)")]
    [InlineData("169.254.170.2", "credentials of a task (AWS)")]
    [InlineData("169.254.170.23", "credentials of a pod (AWS)")]
    [InlineData("168.63.129.16", "platform of the machine (Azure)")]
    [InlineData("100.100.100.200", "instance metadata (Alibaba)")]
    [InlineData("192.0.0.192", "instance metadata (Oracle)")]
    [InlineData("169.254.169.253", null)]
    public void Whoever_calls_a_service_that_gives_out_the_machines_identity_is_found_and_questions_for_names_are_not(string address, string? service)
    {
        var detectors = new Detectors();
        detectors.Accept(Call(address, 80), this);
        detectors.Accept(Call(address, 53), this);
        Assert.Equal(service is null ? [] : [$"cloud-metadata-read {service}"], found.Select(one => $"{one.Finding} {one.Evidence["service"]}"));
    }

    void IEventSink<RecordedEvent>.Accept(RecordedEvent value)
    {
        if (value is FindingRaised finding)
        {
            found.Add(finding);
        }
    }

    private static ConnectionJudged Call(string address, int port) => new(
        "c1", "tcp", address, port, null, RecordedVerdict.Observed, null, "no-rule", "connect", "p1", null, null, 1);
}
