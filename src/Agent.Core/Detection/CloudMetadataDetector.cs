using System.Globalization;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>cloud-metadata-read</c>: a process calls the service of the cloud that gives out the machine's identity. Questions for names
/// go to the same addresses on some clouds and are none. Keeps nothing: repeats are counted in the report.
/// </summary>
internal sealed class CloudMetadataDetector : IDetector
{
    private const int Dns = 53;

    private static readonly Dictionary<string, string> Services = new(StringComparer.Ordinal)
    {
        ["169.254.169.254"] = "instance metadata",
        ["fd00:ec2::254"] = "instance metadata (AWS)",
        ["fd20:ce::254"] = "instance metadata (Google)",
        ["169.254.170.2"] = "credentials of a task (AWS)",
        ["169.254.170.23"] = "credentials of a pod (AWS)",
        ["168.63.129.16"] = "platform of the machine (Azure)",
        ["100.100.100.200"] = "instance metadata (Alibaba)",
        ["192.0.0.192"] = "instance metadata (Oracle)",
    };

    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        if (value is ConnectionJudged { Port: not Dns } judged && Services.TryGetValue(judged.Address, out var service))
        {
            sink.Accept(Finding.Of(
                ProcessFindings.CloudMetadataRead,
                judged,
                judged.Process,
                judged.Step,
                judged.Verdict == RecordedVerdict.Refused,
                ("address", judged.Address),
                ("port", judged.Port.ToString(CultureInfo.InvariantCulture)),
                ("service", service),
                ("container", judged.Container)));
        }
    }
}
