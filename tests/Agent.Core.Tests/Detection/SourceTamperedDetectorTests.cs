using System.Globalization;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Detection;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Tests.Detection;

public sealed class SourceTamperedDetectorTests
{
    [Fact]
    public void A_process_that_changes_very_many_files_is_named_for_the_first_and_once_for_the_rest_and_hides_nobody()
    {
        var sink = new Findings();
        var detectors = new Detectors();
        for (var i = 0; i < SourceTamperedDetector.MostFiles + 50; i++)
        {
            detectors.Accept(Changed($"/src/{i.ToString(CultureInfo.InvariantCulture)}.c", "p1"), sink);
        }

        Assert.Equal(SourceTamperedDetector.MostFiles + 1, sink.All.Count);
        Assert.Equal("/src/99.c", sink.All[^2].Evidence["file"]);
        Assert.Equal("more than 100: all are in the table of files", sink.All[^1].Evidence["file"]);
        Assert.EndsWith("and very many more", sink.All[^1].Title, StringComparison.Ordinal);

        detectors.Accept(Changed("/src/main.c", "p2"), sink);
        Assert.Equal(("/src/main.c", "p2"), (sink.All[^1].Evidence["file"], sink.All[^1].Process));
    }

    private static FileChanged Changed(string path, string process) =>
        new(path, "written", true, "before", "after", null, false, 1, process, null, null) { BootTimeNs = 1 };

    private sealed class Findings : IEventSink<RecordedEvent>
    {
        public List<FindingRaised> All { get; } = [];

        public void Accept(RecordedEvent value) => All.AddRange(value is FindingRaised finding ? [finding] : Array.Empty<FindingRaised>());
    }
}
