/// The word lists that scenarios draw from: people, places and times.
enum DialogueWords {
  static let names = list(
    """
    Aaron Ada Adil Agnes Aisha Albert Alba Alina Amara Amir Anders Andrea Anita Anton Arjun Astrid Aurora Barbara
    Beatriz Ben Bianca Bo Boris Bruno Camila Carla Carlos Cecilia Chen Chloe Clara Conor Daisy Damir Daniel Daria
    Deepa Diego Dina Dora Edgar Eleni Elif Elsa Emil Emma Enzo Erik Esther Eva Fadi Farah Fatima Felix Fiona Flora
    Frida Gabriel Gemma George Gita Goran Grace Greta Hana Harold Hassan Hector Heidi Helga Hugo Ian Ida Igor Imran
    Ines Ingrid Irina Isaac Ivan Jade Jamal Jan Jasper Joana Joel Jonas Jorge Judith Julia Kamal Karin Kasper Kate
    Kenji Khalid Kira Kofi Lara Lars Laura Leila Leo Lena Liam Lila Linh Lorenzo Louis Lucia Luka Mabel Magda Malik
    Marco Maria Marta Mateo Maya Mei Milan Mina Mirko Mona Nadia Naomi Nasser Nico Nina Noah Nora Oleg Olga Oliver
    Omar Oscar Otto Pablo Paula Pavel Pedro Petra Priya Rachel Rafael Ravi Rita Robin Rosa Ruben Ruth Samir Sandra
    Sara Selma Sergei Simon Sofia Stefan Sven Tamara Tariq Teresa Theo Tilda Tim Tomas Uma Vera Victor Viola Walter
    Wanda Xavier Yara Yasmin Yusuf Zara Zoe
    """)

  static let days = list("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")

  static let months = list(
    "January February March April May June July August September October November December")

  static let times = phrases(
    """
    nine o'clock; ten o'clock; eleven o'clock; noon; one o'clock; two o'clock; three o'clock; four o'clock;
    five o'clock; six o'clock; seven o'clock; eight o'clock; half past eight; half past nine; half past ten;
    half past eleven; half past one; half past two; half past three; half past four; half past five; half past six;
    half past seven; a quarter past nine; a quarter past ten; a quarter past twelve; a quarter past two;
    a quarter past four; a quarter past six; a quarter to nine; a quarter to eleven; a quarter to three;
    a quarter to five; a quarter to eight
    """)

  static let numbers = list(
    "three four five six seven eight nine ten eleven twelve fourteen fifteen sixteen eighteen twenty")

  static let prices = list(
    """
    twelve fifteen eighteen twenty thirty thirty-five forty forty-five fifty sixty seventy seventy-five eighty ninety
    ninety-five
    """
  ).map { $0 + " euros" }

  static let cities = list(
    """
    Aarhus Amsterdam Antwerp Athens Barcelona Basel Belgrade Bergen Berlin Bilbao Bologna Bordeaux Boston Bremen Bristol
    Brussels Bucharest Budapest Cairo Calgary Cardiff Chicago Cologne Copenhagen Cordoba Cork Dakar Delhi Denver Dresden
    Dublin Edinburgh Florence Geneva Genoa Ghent Glasgow Granada Hamburg Hanoi Helsinki Istanbul Kyoto Lagos Leeds
    Leipzig Lima Lisbon Liverpool Ljubljana London Lyon Madrid Malmo Manchester Marseille Melbourne Milan Montreal
    Munich Mumbai Nairobi Nantes Naples Nice Osaka Oslo Oxford Palermo Paris Perth Porto Prague Quebec Reykjavik Riga Rome Rotterdam
    Salzburg Seattle Seoul Seville Sheffield Sofia Stockholm Strasbourg Sydney Tallinn Tokyo Toronto Trieste Tunis Turin
    Utrecht Valencia Vancouver Venice Verona Vienna Vilnius Warsaw Zagreb Zurich
    """)

  static let places = phrases(
    """
    the library; the station; the town hall; the museum; the market; the old bridge; the harbour; the theatre;
    the cinema;
    the swimming pool; the gym; the park; the bakery; the fountain; the bus stop; the church; the castle; the school;
    the university; the post office; the bookshop; the pharmacy; the supermarket; the stadium; the lighthouse; the zoo;
    the botanical garden; the tennis club; the car park; the airport; the ferry; the tram; the hotel lobby; the canteen;
    the playground; the community centre; the ice rink; the climbing hall; the concert hall; the art gallery;
    the petrol station; the laundrette; the town square; the clock tower; the riverbank; the skate park;
    the barber shop;
    the courthouse; the flower shop; the food court
    """)

  static let restaurants = phrases(
    """
    the Golden Fork; the Blue Lantern; the Olive Tree; the Red Rooster; the Copper Kettle; the Silver Spoon;
    the Lemon Grove;
    the Black Sheep; the Green Door; the Wild Boar; the Paper Crane; the Salty Anchor; the Stone Oven; the White Rabbit;
    the Spice Route; the Corner Table; the Rusty Pan; the Laughing Goat; the Twin Oaks; the Pepper Mill;
    the Jade Garden;
    the Old Mill; the Fat Duck; the Crooked Chimney; the Honey Pot; the Sunken Garden; the Velvet Chair; the Hungry Bear
    """)

  static let relatives = phrases(
    """
    mother; father; sister; brother; grandmother; grandfather; aunt; uncle; cousin; nephew; niece; husband; wife; son;
    daughter; neighbour; boss; flatmate; godson; teacher; colleague; stepson; sister-in-law; best friend
    """)

  static let colours = list(
    "red blue green black brown white yellow purple pink grey silver golden turquoise beige striped checked")

  /// Words divided by spaces or line breaks.
  static func list(_ text: String) -> [String] { text.split { $0 == " " || $0 == "\n" }.map(String.init) }

  /// Phrases divided by semicolons; a line break counts as a space.
  static func phrases(_ text: String) -> [String] {
    text.split(separator: ";").map { phrase in
      phrase.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
    }
  }
}
