using Sallyport.Agent.Control;
using Sallyport.Agent.Sinks;

namespace Sallyport.Agent.Tests.Control;

public sealed class JobLivenessTests
{
    [Fact]
    public void A_recording_that_is_being_written_belongs_to_a_live_job()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a recording is root's");
        using var folder = new TestFolder();
        var spool = Path.Combine(folder.Path, "20261123T071209-1");
        using (var recording = new RecordingSink(spool, _ => { }))
        {
            Assert.True(JobLiveness.IsRecording(spool));
        }

        Assert.False(JobLiveness.IsRecording(spool));
    }

    [Theory]
    [InlineData("20261123T071209-1")]
    [InlineData("20261123T071209-")]
    [InlineData("x")]
    [InlineData("20261123T071209-99999999999")]
    public void A_number_of_another_program_is_no_agent(string id) => Assert.False(JobLiveness.IsAgentThere(id));
}
