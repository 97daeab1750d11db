using Sallyport.Lab;

namespace Sallyport.Agent.Tests.Runs;

/// <summary>One laboratory for the tests of a class, which run one after the other.</summary>
public sealed class LabFixture : IAsyncLifetime
{
    private LabNetwork? lab;

    public LabNetwork Lab
    {
        get
        {
            Assert.SkipWhen(LabNetwork.WhyNot is not null, LabNetwork.WhyNot ?? "");
            return lab!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (LabNetwork.WhyNot is null)
        {
            lab = await LabNetwork.CreateAsync(LabOptions.FromEnvironment());
        }
    }

    public ValueTask DisposeAsync() => lab?.DisposeAsync() ?? ValueTask.CompletedTask;
}
