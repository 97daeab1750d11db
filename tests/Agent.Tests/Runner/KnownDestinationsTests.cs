using System.Text;
using Sallyport.Agent.Runner;
using Sallyport.Agent.Upload;
using Sallyport.Protocol.Ingest;

namespace Sallyport.Agent.Tests.Runner;

/// <summary>What a server answers about earlier runs: compared, or said why not.</summary>
public sealed class KnownDestinationsTests
{
    [Theory]
    [InlineData(200, """{"destinations":["tcp://a.example:443","udp://198.51.100.7:53"],"why":null}""", 2, null)]
    [InlineData(200, """{"destinations":null,"why":"no earlier run"}""", null, "no earlier run")]
    [InlineData(200, """{"destinations":[],"why":null}""", null, "nothing to compare with")]
    [InlineData(200, """{"destinations":7}""", null, "cannot be read")]
    [InlineData(404, "", null, "HTTP 404")]
    [InlineData(0, "", null, "no answer")]
    public void Whatever_it_says_the_job_goes_on(int status, string body, int? known, string? why)
    {
        var read = KnownDestinations.Read(new HttpAnswer(status, Encoding.UTF8.GetBytes(body), status == 0 ? "no answer" : null));
        Assert.Equal(known, read.Destinations?.Count);
        Assert.Equal(why is null, read.Notices.IsEmpty);
        Assert.All(read.Notices, notice =>
        {
            Assert.Equal(("warning", "fail-on: new compares nothing"), (notice.Level, notice.Title));
            Assert.Contains(why!, notice.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void An_answer_of_the_largest_size_is_read_whole() => Assert.InRange(BaselineAnswer.MaximumBytes, 1, CurlClient.MaximumAnswer - 1);
}
