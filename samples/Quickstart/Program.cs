Console.WriteLine("AutoMix");
