using System.Text;
using Sallyport.Agent.Control;

namespace Sallyport.Agent.Tests.Control;

public sealed class InputsMarkTests
{
    private const string Environment =
        "PATH=/bin\0INPUT_EGRESS-POLICY=block\0INPUT_ALLOWED-ENDPOINTS=\n a.example ü=1\n\0INPUT_API-KEY=one\0INPUT_TOKEN=t\0INPUT_SUDO= \n\0INPUT_\0INPUT_=\0";

    [Theory]
    [InlineData("\"allowed-endpoints\":\"\\n a.example ü=1\\n\",\"egress-policy\":\"block\"", true)]
    [InlineData("\"egress-policy\":\"block\",\"api-key\":\"another\",\"allowed-endpoints\":\"\\n a.example ü=1\\n\"", true)]
    [InlineData("\"allowed-endpoints\":\"\\n a.example ü=1\\n\",\"egress-policy\":\"audit\"", false)]
    [InlineData("\"allowed-endpoints\":\"\\n a.example ü=1\",\"egress-policy\":\"block\"", false)]
    [InlineData("\"egress-policy\":\"block\"", false)]
    [InlineData("", false)]
    public void A_steps_inputs_are_told_by_its_environment(string inputs, bool isTheSame)
    {
        var request = Encoding.UTF8.GetBytes($$"""{"v":1,"type":"job.start","inputs":{{{inputs}}},"policy":null}""");
        Assert.Equal(isTheSame, InputsMark.Of(request) == InputsMark.OfStep(Encoding.UTF8.GetBytes(Environment)));
    }

    [Fact]
    public void What_asks_for_no_start_has_none()
    {
        Assert.Null(InputsMark.Of("""{"v":1,"type":"job.status"}"""u8));
        Assert.Null(InputsMark.Of([]));
    }
}
