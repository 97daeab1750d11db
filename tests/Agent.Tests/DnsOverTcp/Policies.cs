using System.Text;
using Sallyport.Policy;
using Sallyport.Policy.Reading;

namespace Sallyport.Agent.Tests.DnsOverTcp;

internal static class Policies
{
    internal static PolicyDocument Read(string yaml)
    {
        var reading = PolicyReader.Read([PolicySource.File("policy.yml", Encoding.UTF8.GetBytes(yaml))]);
        Assert.True(reading.Document is not null, string.Join('\n', reading.Mistakes));
        return reading.Document;
    }
}
